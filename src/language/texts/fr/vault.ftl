password-too-short = Un mot de passe compte au moins { $minimum } caractères. Une courte phrase convient.
password-too-long = Un mot de passe compte au plus { $maximum } caractères.
password-repeated = Ce mot de passe répète toujours le même morceau. Choisissez-en un autre.
password-common = Ce mot de passe est fait de mots de passe que tout le monde essaie en premier. Choisissez-en un autre.
password-contains-email = Ce mot de passe contient le nom de votre adresse e-mail. Choisissez-en un autre.
password-contains-product = Ce mot de passe contient le nom de ce produit. Choisissez-en un autre.
