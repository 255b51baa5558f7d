//! A certificate as pixels, for those who show it where no SVG is taken.

use super::picture::{HEIGHT, WIDTH};
use super::{Certificate, CertificateError};
use crate::App;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};
use std::sync::LazyLock;
use tokio::sync::Semaphore;

/// Pictures that are drawn at once; whoever comes on top of that is told to come again.
static PLACES: Semaphore = Semaphore::const_new(2);

static OPTIONS: LazyLock<Options<'static>> = LazyLock::new(|| {
    let mut options = Options {
        font_family: "DejaVu Sans".to_owned(),
        ..Options::default()
    };
    let fonts = options.fontdb_mut();
    fonts.load_font_data(dejavu::sans::regular().to_vec());
    fonts.load_font_data(dejavu::sans_mono::regular().to_vec());
    options
});

impl App {
    /// The picture of a certificate as PNG.
    ///
    /// # Errors
    /// [`CertificateError::NotFound`], and [`CertificateError::Busy`] while too many are drawn.
    pub async fn certificate_png(&self, code: &str) -> Result<Vec<u8>, CertificateError> {
        let certificate = self.certificate(code).await?;
        let place = PLACES.try_acquire().map_err(|_| CertificateError::Busy)?;
        let drawn = tokio::task::spawn_blocking(move || draw(&certificate)).await;
        drop(place);
        drawn.unwrap_or_else(|panic| Err(CertificateError::Picture(panic.to_string())))
    }
}

fn draw(certificate: &Certificate) -> Result<Vec<u8>, CertificateError> {
    let wrong = |error: &dyn std::fmt::Display| CertificateError::Picture(error.to_string());
    let tree = Tree::from_str(&certificate.svg(), &OPTIONS).map_err(|error| wrong(&error))?;
    let mut pixels = Pixmap::new(WIDTH, HEIGHT).ok_or_else(|| wrong(&"no room"))?;
    resvg::render(&tree, Transform::default(), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| wrong(&error))
}
