//! The macro for enums that are known by a name in the API, in files and in the database.

/// Declares an enum with `ALL`, `name` and `parse`; serde uses the same names.
macro_rules! named {
    (
        $(#[$doc:meta])*
        $type:ident { $( $(#[$variant_doc:meta])* $variant:ident = $name:literal ),+ $(,)? }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[derive(serde::Serialize, serde::Deserialize)]
        pub enum $type {
            $( $(#[$variant_doc])* #[serde(rename = $name)] $variant, )+
        }

        impl $type {
            /// Every value, in reading order.
            pub const ALL: &'static [Self] = &[ $( Self::$variant, )+ ];

            /// The name used in the API, in files and in the database.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $( Self::$variant => $name, )+ }
            }

            /// Reads a name.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $( $name => Some(Self::$variant), )+ _ => None }
            }
        }
    };
}

pub(crate) use named;
