using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Voipbin.Activeflows;

/// <summary>What a run knows by name, and texts that are filled with it. Pure.</summary>
internal sealed class FlowVariables
{
    /// <summary>Names of the node's own begin so.</summary>
    public const string Reserved = "voipbin.";
    /// <summary>The keys that the party of the call has pressed.</summary>
    public const string Digits = Reserved + "call.digits";

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private int _own, _characters;

    /// <summary>By their whole names.</summary>
    public IReadOnlyDictionary<string, string> All => _values;

    /// <summary>Null for none of that name.</summary>
    public string? Find(string name) => _values.GetValueOrDefault(name);

    public string Get(string name) => Find(name) ?? "";

    /// <summary>One of the node's own.</summary>
    public void Set(string name, string value) => _values[Reserved + name] = value;

    public void AddDigit(char digit, bool isOnly = false)
    {
        string before = isOnly ? "" : Get(Digits);
        // Whoever leans on a key for an hour is not remembered for it.
        if (before.Length < FlowLimits.NameCharacters) _values[Digits] = before + digit;
    }

    /// <summary>It has been looked at, and is to be filled anew.</summary>
    public void Clear(string name)
    {
        if (name.StartsWith(Reserved, StringComparison.Ordinal)) _values.Remove(name);
        else if (_values.Remove(name, out string? value)) Count(name, value, -1);
    }

    /// <summary>One of the customer's.</summary>
    /// <returns>Why it is not kept, as the end of a sentence; null when it is.</returns>
    public string? TrySet(string name, string value)
    {
        if (name.Length == 0) return "has no name";
        if (name.StartsWith(Reserved, StringComparison.OrdinalIgnoreCase)) return $"begins with {Reserved}, which is for the node's own";
        if (name.Length > FlowLimits.NameCharacters) return $"has a name of more than {FlowLimits.NameCharacters} characters";
        if (value.Length > FlowLimits.VariableCharacters) return $"has more than {FlowLimits.VariableCharacters} characters";
        string? before = Find(name);
        if (before is null && _own == FlowLimits.Variables) return $"is one more than the {FlowLimits.Variables} that a run may have";
        int more = value.Length - (before?.Length ?? -name.Length);
        if (_characters + more > FlowLimits.AllVariableCharacters)
            return $"does not fit: all together have at most {FlowLimits.AllVariableCharacters} characters";
        if (before is not null) Count(name, before, -1);
        _values[name] = value;
        Count(name, value, 1);
        return null;
    }

    /// <summary>
    /// Each <c>${name}</c> is the value of that name; of one that there is none of, nothing. What comes in so is not looked at again.
    /// </summary>
    /// <param name="encode">What makes a value fit in; null takes it as it is.</param>
    /// <exception cref="FlowFailedException">It becomes too long.</exception>
    public string Fill(string text, Func<string, string>? encode = null) =>
        FillBy(text, (_, name) => encode is null ? Get(name) : encode(Get(name)));

    /// <summary>
    /// The same of a text in JSON: between quotation marks a value is a part of that text, and ends it nowhere. What callers are named and
    /// say is theirs, and makes no member of what the flow tells others.
    /// </summary>
    /// <exception cref="FlowFailedException">It becomes too long.</exception>
    public string FillJson(string text)
    {
        bool isQuoted = false;
        return FillBy(text, (before, name) =>
        {
            isQuoted ^= HasOddQuotes(before);
            return isQuoted ? JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(Get(name)) : Get(name);
        });
    }

    /// <summary>
    /// The same of a URL, or of a form as it is sent: behind a name and its sign one of the node's own begins no other parameter.
    /// </summary>
    /// <param name="isForm">It is one from its beginning, and not from a question mark on.</param>
    /// <exception cref="FlowFailedException">It becomes too long.</exception>
    public string FillParameters(string text, bool isForm)
    {
        bool isQuery = isForm, isValue = false;
        return FillBy(text, (before, name) =>
        {
            foreach (char c in before)
            {
                isQuery |= c is '?';
                if (c is '?' or '&') isValue = false;
                else if (c is '=') isValue = isQuery;
            }
            string value = Get(name);
            // All else is as it was: some values are encoded already, and servers know how a plus comes.
            return isValue && name.StartsWith(Reserved, StringComparison.Ordinal)
                ? value.Replace("&", "%26", StringComparison.Ordinal).Replace("#", "%23", StringComparison.Ordinal) : value;
        });
    }

    /// <param name="valueOf">What stands for a name behind a text, which begins at the name before.</param>
    private string FillBy(string text, Func<string, string, string> valueOf)
    {
        if (!text.Contains("${", StringComparison.Ordinal)) return text;
        var filled = new StringBuilder();
        int at = 0;
        while (at < text.Length)
        {
            int begin = text.IndexOf("${", at, StringComparison.Ordinal), end = begin < 0 ? -1 : text.IndexOf('}', begin);
            if (end < 0) break;
            string before = text[at..begin];
            filled.Append(before).Append(valueOf(before, text[(begin + 2)..end].Trim()));
            if (filled.Length > FlowLimits.OptionCharacters) throw TooLong();
            at = end + 1;
        }
        filled.Append(text, at, text.Length - at);
        return filled.Length > FlowLimits.OptionCharacters ? throw TooLong() : filled.ToString();
    }

    /// <summary>A text of JSON begins in it and does not end, or the other way round.</summary>
    private static bool HasOddQuotes(string json)
    {
        bool isOdd = false;
        for (int i = 0; i < json.Length; i++)
        {
            if (json[i] is '\\') i++;
            else if (json[i] is '"') isOdd = !isOdd;
        }
        return isOdd;
    }

    /// <summary>
    /// The options of an action with all their texts filled; what is nested in them as actions of another run stays as it is.
    /// </summary>
    /// <exception cref="FlowFailedException">They become too long.</exception>
    public JsonObject Fill(JsonObject option)
    {
        int characters = 0;
        return (JsonObject)Fill(option, ref characters, isTop: true)!; // of an object it is one
    }

    private JsonNode? Fill(JsonNode? node, ref int characters, bool isTop = false)
    {
        switch (node)
        {
            case JsonObject given:
                var made = new JsonObject();
                foreach (var (name, value) in given)
                    made[name] = isTop && name == "actions" ? value?.DeepClone() : Fill(value, ref characters);
                return made;
            case JsonArray list:
                var items = new JsonArray();
                foreach (var item in list) items.Add(Fill(item, ref characters));
                return items;
            case JsonValue text when text.GetValueKind() is JsonValueKind.String:
                string filled = Fill((string)text!);
                characters += filled.Length;
                return characters > FlowLimits.OptionCharacters ? throw TooLong() : JsonValue.Create(filled);
            default:
                return node?.DeepClone();
        }
    }

    private static FlowFailedException TooLong() =>
        new($"with its variables an option has more than {FlowLimits.OptionCharacters} characters");

    private void Count(string name, string value, int sign)
    {
        _own += sign;
        _characters += sign * (name.Length + value.Length);
    }
}
