password-too-short = Un mot de passe compte au moins { $minimum } caractères. Une courte phrase convient.
password-too-long = Un mot de passe compte au plus { $maximum } caractères.
password-repeated = Ce mot de passe répète toujours le même morceau. Choisissez-en un autre.
password-common = Ce mot de passe est fait de mots de passe que tout le monde essaie en premier. Choisissez-en un autre.
password-contains-email = Ce mot de passe contient le nom de votre adresse e-mail. Choisissez-en un autre.
password-contains-product = Ce mot de passe contient le nom de ce produit. Choisissez-en un autre.

setup-new-key = Une nouvelle clé maîtresse se trouve dans { $file }. Copiez-la en lieu sûr, à part des sauvegardes : sans elle, personne ne peut lire les données ; avec elle et une sauvegarde, tout le monde le peut.
setup-password = { $email } peut se connecter avec ce mot de passe, une seule fois, pour en choisir un autre :
