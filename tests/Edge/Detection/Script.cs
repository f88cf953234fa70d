namespace Ringwright.Edge.Detection;

/// <summary>
/// One language: an espeak-ng voice, and what people and machines say in it. The second half of each list is kept from tuning.
/// </summary>
internal sealed record Script(string Language, string[] People, string[] Machines)
{
    /// <summary>The half that tuning may hear, or the other.</summary>
    public string[] PeopleOf(bool isHeldOut) => Half(People, isHeldOut);
    public string[] MachinesOf(bool isHeldOut) => Half(Machines, isHeldOut);

    public static readonly Script[] All =
    [
        new("en-us",
            ["Hello?", "Hi, this is Anna.", "Yes?", "Smith speaking.", "Good morning, Peter Miller.", "Hey, what is up?", "Hello, hello?",
                "Hello, who is this?", "Yes, Smith speaking.", "Hi.", "Jones residence.", "Good afternoon, John Baker.",
                "This is Karen.", "Yeah, hello?"],
            ["Hi, you have reached Peter. I cannot come to the phone right now. Please leave your name and number after the tone, "
                + "and I will call you back.",
                "The person you are calling is not available. At the tone, please record your message. "
                    + "When you have finished recording, you may hang up.",
                "Thank you for calling Miller and Sons. Our office is closed at the moment. Our hours are Monday to Friday, nine to five.",
                "Hey, it's Susan, leave a message and I will get back to you as soon as I can.",
                "You have reached the voice mailbox of five five five, one two three four. Please leave a message after the tone.",
                "Sorry we missed your call. Nobody is at home just now, so please speak clearly after the beep.",
                "Your call has been forwarded to an automatic voice message system. John Baker is not available.",
                "Hello, this is the Jones family. We are out in the garden or on holiday. Leave us a message, thank you."]),
        new("en-gb",
            ["Hello?", "Good evening.", "Doctor Brown's surgery.", "Yes, speaking.", "Hello, Margaret here.", "Taylor."],
            ["Welcome to the voice mail service of Doctor Brown. I am sorry that I cannot take your call. "
                + "Please try again later or leave a message.",
                "This is the answer phone of the Taylor family. We are not in at present. Please leave a message after the long tone.",
                "The mobile phone that you have called is switched off. Please try again later or send a text message.",
                "Hello, you are through to Margaret. I am away from my desk until Monday, so please leave your details after the tone."]),
        new("de",
            ["Hallo?", "Müller.", "Guten Tag, Schmidt.", "Ja, bitte?", "Schneider, hallo?", "Weber, guten Morgen."],
            ["Guten Tag, Sie sind verbunden mit dem Anschluss von Familie Müller. Leider sind wir gerade nicht zu Hause. "
                + "Bitte sprechen Sie nach dem Ton.",
                "Der Teilnehmer ist zur Zeit nicht erreichbar. Bitte versuchen Sie es später noch einmal.",
                "Hier ist die Mailbox von Karin Schneider. Bitte hinterlassen Sie eine Nachricht nach dem Signalton.",
                "Unser Büro ist im Augenblick nicht besetzt. Sie erreichen uns montags bis freitags von acht bis siebzehn Uhr."]),
        new("fr-fr",
            ["Allô?", "Oui, bonjour.", "Oui?", "Allô, qui est à l'appareil?"],
            ["Bonjour, vous êtes bien sur la messagerie de Pierre Dupont. Je ne suis pas disponible pour le moment. "
                + "Laissez un message après le bip.",
                "Votre correspondant n'est pas joignable actuellement. Veuillez rappeler plus tard ou laisser un message."]),
        new("es",
            ["¿Diga?", "Hola, buenos días.", "¿Sí?", "Hola, ¿quién es?"],
            ["Hola, este es el contestador de la familia García. En este momento no podemos atenderle. "
                + "Deje su mensaje después de la señal.",
                "El número que usted ha marcado no está disponible en este momento. Por favor, inténtelo más tarde."]),
        new("it",
            ["Pronto?", "Sì, pronto.", "Pronto, chi parla?", "Buongiorno, Rossi."],
            ["Risponde la segreteria telefonica di Marco Rossi. Al momento non sono in casa. "
                + "Lasciate un messaggio dopo il segnale acustico.",
                "Il cliente da lei chiamato non è al momento raggiungibile. La preghiamo di richiamare più tardi."]),
        new("nl",
            ["Hallo?", "Met Jan de Vries.", "Goedemorgen, met Anna.", "Ja, hallo?"],
            ["U bent verbonden met het antwoordapparaat van de familie Jansen. Wij zijn op dit moment niet thuis. "
                + "Spreek een bericht in na de piep.",
                "De persoon die u belt is niet bereikbaar. Probeert u het later nog eens of spreek een boodschap in."]),
        new("pl",
            ["Halo?", "Tak, słucham.", "Słucham?", "Halo, kto mówi?"],
            ["Dzień dobry, tu poczta głosowa. Abonent jest chwilowo niedostępny. Proszę zostawić wiadomość po sygnale.",
                "Dodzwoniłeś się do Jana Kowalskiego. Nie mogę teraz odebrać, proszę nagrać wiadomość."]),
        new("sv",
            ["Hej, det är Karin.", "Hallå?", "Andersson.", "Ja, hallå?"],
            ["Hej, du har kommit till Karins telefonsvarare. Jag kan inte svara just nu. Lämna gärna ett meddelande efter tonen.",
                "Abonnenten kan inte nås för tillfället. Vänligen försök igen senare, eller lämna ett meddelande."]),
    ];

    private static string[] Half(string[] texts, bool isHeldOut) => isHeldOut ? texts[(texts.Length / 2)..] : texts[..(texts.Length / 2)];
}
