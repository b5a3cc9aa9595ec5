package sample

import "strings"

// names are what people of a place may be called.
type names struct{ first, last []string }

var (
	american = names{
		strings.Fields("Olivia Liam Emma Noah Amelia James Sophia Henry Mia Lucas Grace Daniel Zoe Marcus Ruth Andre Naomi Victor Hannah Theo"),
		strings.Fields("Novak Johnson Rivera Chen Goldberg Washington O'Neill Murphy Rossi Park Baker Coleman Diaz Fischer Grant Hayes Ivanov Jackson Klein Lopez"),
	}
	indian = names{
		strings.Fields("Aarav Ananya Vivaan Diya Arjun Ishita Rohan Kavya Karthik Meera Nikhil Priya Rahul Sneha Suresh Tara Vikram Lakshmi Farhan Zoya"),
		strings.Fields("Deshpande Iyer Khan Mukherjee Nair Patel Rao Sharma Singh Kulkarni Banerjee Chatterjee Reddy Gupta Joshi Menon Pillai Bose Das Shaikh"),
	}
	german = names{
		strings.Fields("Anna Ben Clara Emil Frieda Jonas Greta Lukas Hanna Matthias Ida Jürgen Katrin Oskar Lena Paul Marie Sören Nele Yusuf"),
		strings.Fields("Becker Hoffmann Krüger Lehmann Müller Neumann Öztürk Peters Richter Schäfer Schulz Wagner Weiß Yılmaz Zimmermann Vogt Kaiser Brandt Engel Jansen"),
	}
	chilean = names{
		strings.Fields("Agustina Benjamín Catalina Diego Emilia Felipe Isidora Joaquín Josefa Matías Martina Nicolás Antonia Sebastián Valentina Vicente"),
		strings.Fields("Araya Contreras Díaz Fuentes González Herrera Muñoz Pérez Rojas Sepúlveda Silva Soto Tapia Valenzuela Vergara Núñez"),
	}
	maori = names{
		strings.Fields("Aroha Charlotte Hana Isla Jack Kahu Leo Manaia Mere Nikau Oliver Tama"),
		strings.Fields("Brown Clarke Edwards Ngata Parata Rangi Smith Taylor Walker Wilson"),
	}
)

// address makes the part of an e-mail address before the @.
func address(first, last string) string {
	return strings.ToLower(plainLetters.Replace(first + "." + last))
}

var plainLetters = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "Ö", "Oe", "ß", "ss", "ı", "i", "á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u", "ñ", "n", "'", "")
