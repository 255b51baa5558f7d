//! Who of the firm may do what.

use crate::golden;
use touchstone_domain::access::{Permission, Permissions, Role, ViewScope};

const HEAD: &str = "\
# Permission of an operation | roles that have it
# Rewrite with UPDATE_TABLES=1.
";

#[test]
fn every_cell_of_the_roles_is_as_written() {
    let mut text = String::from(HEAD);
    for permission in Permission::ALL {
        let cells = Role::ALL.map(|role| {
            let name = role.name();
            if role.may(*permission) {
                format!(" {name}")
            } else {
                " ".repeat(name.len() + 1)
            }
        });
        let line = format!("{:<18} |{}", permission.name(), cells.concat());
        text += &format!("{}\n", line.trim_end());
    }
    golden::check("tests/role_table.txt", &text);
}

#[test]
fn an_owner_may_everything_and_who_only_reads_may_look() {
    assert!(
        Permission::ALL
            .iter()
            .all(|one| Role::Owner.permissions().has(*one))
    );
    let reads = Role::ReadOnly.permissions();
    assert!(reads.iter().all(Permission::is_look));
    for role in Role::ALL {
        assert!(Role::Owner.permissions().covers(role.permissions()));
        assert_eq!(
            role == Role::Owner,
            role.permissions().covers(Role::Owner.permissions())
        );
    }
}

#[test]
fn names_and_codes_come_back() {
    for role in Role::ALL {
        assert_eq!(Role::from_code(role.code()), Some(role));
        assert_eq!(Role::from_name(role.name()), Some(role));
    }
    for scope in ViewScope::ALL {
        assert_eq!(ViewScope::from_code(scope.code()), Some(scope));
        assert_eq!(ViewScope::from_name(scope.name()), Some(scope));
    }
    for one in Permission::ALL {
        assert_eq!(Permission::from_name(one.name()), Some(*one));
    }
    assert_eq!(Permission::from_name("everything"), None);
}

#[test]
fn a_set_has_what_was_put_in() {
    let (view, edit) = (Permission::ViewNews, Permission::EditNews);
    let set: Permissions = [edit, view, edit].into_iter().collect();
    assert_eq!(set.iter().collect::<Vec<_>>(), [view, edit]);
    assert!(set.covers(Permissions::NONE.with(view)));
    assert!(!Permissions::NONE.with(view).covers(set));
    assert_eq!(set.and(Permissions::NONE.with(edit)).iter().count(), 1);
}
