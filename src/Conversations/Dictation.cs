using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace Ringwright.Conversations;

/// <summary>
/// What people say with pauses in it: numbers, codes, addresses of mail, names that they spell (5.2). Whether one is asked for shows by the
/// words of the question, or by the field that is to be gathered.
/// </summary>
internal static class Dictation
{
    private static readonly FrozenSet<string> Things = Set(
        "number numbers digits code pin zip postcode spell spelling email mail iban birth letters initials plate",
        "nummer postleitzahl plz ziffern buchstabieren buchstabiere buchstabierst geburtsdatum buchstaben kennzeichen",
        "numéro chiffres épeler épelez épelle courriel lettres número código deletrear deletree correo letras numero codice lettere");

    /// <summary>Without a question mark a sentence asks by one of these.</summary>
    private static readonly FrozenSet<string> Requests = Set(
        "please tell give say enter read spell need provide",
        "bitte nennen nenne sagen sage geben gib buchstabieren buchstabiere brauche",
        "veuillez dites donnez épelez diga dígame deme favor deletree dica mi");

    /// <summary>German makes one word of what has a number.</summary>
    private static readonly string[] Endings = ["nummer", "mailadresse"];

    private static readonly string[] Formats = ["email", "phone", "date"];

    /// <param name="said">The end of it.</param>
    public static bool IsAskedBy(string said)
    {
        for (var left = said.AsSpan(); !left.IsEmpty;)
        {
            int end = left.IndexOfAny(SentenceMarks.All);
            var sentence = end < 0 ? left : left[..end];
            bool isQuestion = end >= 0 && SentenceMarks.IsQuestion(left[end]);
            var words = SpokenWords.Of(sentence.ToString());
            if (words.Any(IsThing) && (isQuestion || words.Any(Requests.Contains))) return true;
            left = end < 0 ? default : left[(end + 1)..];
        }
        return false;
    }

    /// <param name="schema">Of the field, as JSON.</param>
    public static bool IsAskedBy(string field, JsonNode? schema)
    {
        IEnumerable<JsonValue> kinds = (schema as JsonObject)?["type"] switch
        {
            JsonArray several => several.OfType<JsonValue>(),
            JsonValue one => [one],
            _ => [],
        };
        return kinds.Any(kind => kind.TryGetValue(out string? type) && type is "integer" or "number")
            || (schema as JsonObject)?["format"] is JsonValue format && format.TryGetValue(out string? name) && Formats.Contains(name)
            || SpokenWords.Of(field).Any(word => IsThing(word) || word is "phone" or "telephone" or "telefon");
    }

    private static bool IsThing(string word) =>
        Things.Contains(word) || Endings.Any(ending => word.EndsWith(ending, StringComparison.Ordinal));

    private static FrozenSet<string> Set(params string[] words) =>
        words.SelectMany(line => line.Split(' ')).ToFrozenSet(StringComparer.Ordinal);
}
