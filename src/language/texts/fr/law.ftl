# Comment un texte cite la loi sur laquelle il repose.
law-cited = { $said } ({ $place } du RGPD)
law-cited-uk = { $said } ({ $place } du RGPD du Royaume-Uni)
law-article = article { $article }
law-article-paragraph = article { $article }, paragraphe { $paragraph },
law-article-point = article { $article }, paragraphe { $paragraph }, point { $point },
