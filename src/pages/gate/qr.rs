//! A text as a QR code, drawn in place: nothing is fetched for it, and nobody else learns what it says.

use leptos::prelude::*;
use qrcode::{Color, QrCode};

/// Blank squares around it, without which cameras don't find it.
const QUIET: usize = 4;

/// A QR code, for readers who see it; what it says stands beside it as text. Nothing where the text is too long for one.
#[component]
pub fn Qr(text: String, label: String) -> impl IntoView {
    let code = QrCode::new(text.as_bytes()).ok()?;
    let size = code.width() + 2 * QUIET;
    Some(view! {
        <svg class="qr" viewBox=format!("0 0 {size} {size}") role="img" aria-label=label
            shape-rendering="crispEdges">
            <rect width=size height=size fill="#fff"></rect>
            <path fill="#000" d=squares(&code.to_colors(), code.width())></path>
        </svg>
    })
}

/// The dark squares of rows of this width.
fn squares(colors: &[Color], width: usize) -> String {
    let dark = colors.iter().enumerate().filter(|(_, color)| **color == Color::Dark);
    dark.map(|(place, _)| format!("M{} {}h1v1h-1z", place % width + QUIET, place / width + QUIET)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_dark_square_is_drawn_in_its_place() {
        let (dark, light) = (Color::Dark, Color::Light);
        assert_eq!(squares(&[dark, light, light, dark], 2), "M4 4h1v1h-1zM5 5h1v1h-1z");
        assert_eq!(QrCode::new(b"otpauth://totp/x").unwrap().width() % 4, 1);
    }
}
