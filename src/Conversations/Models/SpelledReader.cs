using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Conversations.Models;

/// <summary>
/// Reads the arguments of a call that a model writes as code: <c>city="Ulm", days=2</c> as Python has them, <c>{"city": "Ulm"}</c> as
/// JavaScript does, and Gemma's, which has marks of its own around texts. Only values count: a name, a sum or a call among them is none.
/// </summary>
/// <param name="from">Behind the bracket that opens them.</param>
/// <param name="isLoose">A text may have no marks around it, as where a server has taken Gemma's out.</param>
internal sealed class SpelledReader(string text, int from, bool isLoose)
{
    /// <summary>Objects and lists within each other; deeper ones are none.</summary>
    private const int Depth = 8;
    private const int Hexadecimal = 4;
    private static readonly string[] Quotes = ["<|\"|>", "<escape>", "\"", "'", "\\\""];

    /// <summary>Behind what was read.</summary>
    public int At { get; private set; } = from;

    /// <summary>The text ends within it: what comes may make it whole.</summary>
    public bool IsShort { get; private set; }

    /// <summary>All between the brackets of a call, and the one that closes them; null where it is anything else.</summary>
    public JsonObject? Arguments()
    {
        Blanks();
        if (!Take('{')) return Members(')');
        var members = Members('}');
        Blanks();
        return members is not null && Take(')') ? members : null;
    }

    /// <summary>Names with their values, and the sign that closes them; null where it is anything else.</summary>
    public JsonObject? Members(char close, int depth = 0)
    {
        var members = new JsonObject();
        while (true)
        {
            Blanks();
            if (Take(close)) return members;
            if (Name() is not { } name) return null;
            Blanks();
            if (!Take('=') && !Take(':')) return null;
            if (!Value(depth, out var value)) return null;
            members[name] = value;
            Blanks();
            if (!Take(',') && !IsNext(close)) return null;
        }
    }

    private JsonArray? Items(int depth)
    {
        var items = new JsonArray();
        while (true)
        {
            Blanks();
            if (Take(']')) return items;
            if (!Value(depth, out var value)) return null;
            items.Add(value);
            Blanks();
            if (!Take(',') && !IsNext(']')) return null;
        }
    }

    private bool Value(int depth, out JsonNode? value)
    {
        value = null;
        Blanks();
        if (depth >= Depth) return false;
        if (Quoted() is { } words)
        {
            value = JsonValue.Create(words);
            return true;
        }
        // A text that has begun is no other value.
        if (IsShort) return false;
        if (IsNext('{') || IsNext('['))
        {
            value = Nested(depth);
            return value is not null;
        }
        return Plain(out value);
    }

    /// <summary>The list or object that begins here; null where none does.</summary>
    public JsonNode? Nested(int depth = 0) => Take('{') ? Members('}', depth + 1) : Take('[') ? Items(depth + 1) : null;

    /// <summary>A number or a word of the language; in loose ones any text.</summary>
    private bool Plain(out JsonNode? value)
    {
        int begin = At;
        while (At < text.Length && (isLoose ? text[At] is not (',' or '}' or ']') : IsOfName(text[At]) || text[At] is '+')) At++;
        if (At == text.Length) IsShort = true;
        string word = text[begin..At].Trim();
        value = word switch
        {
            "True" or "true" => JsonValue.Create(true),
            "False" or "false" => JsonValue.Create(false),
            _ => NumberOf(word),
        };
        if (value is not null || word is "None" or "null") return true;
        if (!isLoose || word.Length == 0) return false;
        value = JsonValue.Create(word);
        return true;
    }

    private static JsonNode? NumberOf(string word)
    {
        if (word is not ['-' or (>= '0' and <= '9'), ..]) return null;
        try
        {
            return JsonNode.Parse(word);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private string? Name()
    {
        string? quoted = Quoted();
        if (quoted is not null || IsShort) return quoted;
        int begin = At;
        while (At < text.Length && IsOfName(text[At])) At++;
        if (At == text.Length) IsShort = true;
        return At > begin ? text[begin..At] : null;
    }

    /// <summary>Null, with nothing read, where none begins, or its end is missing.</summary>
    private string? Quoted()
    {
        string? quote = Array.Find(Quotes, one => text.AsSpan(At).StartsWith(one, StringComparison.Ordinal));
        if (quote is null)
        {
            IsShort |= Array.Exists(Quotes, one => one.AsSpan().StartsWith(text.AsSpan(At), StringComparison.Ordinal));
            return null;
        }
        if (quote.Length == 1) return Escaped(quote[0]);
        int begin = At + quote.Length, end = text.IndexOf(quote, begin, StringComparison.Ordinal);
        if (end < 0)
        {
            IsShort = true;
            return null;
        }
        At = end + quote.Length;
        return text[begin..end];
    }

    private string? Escaped(char quote)
    {
        var value = new StringBuilder();
        for (int i = At + 1; i < text.Length; i++)
        {
            if (text[i] == quote)
            {
                At = i + 1;
                // It may escape half of a pair of surrogates, which is no text.
                return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(value.ToString()));
            }
            if (text[i] is not '\\')
            {
                value.Append(text[i]);
                continue;
            }
            if (++i == text.Length) break;
            if (UnitAt(i) is { } unit)
            {
                value.Append(unit);
                i += Hexadecimal;
                continue;
            }
            value.Append(text[i] switch
            {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'b' => '\b',
                'f' => '\f',
                var itself => itself,
            });
        }
        IsShort = true;
        return null;
    }

    /// <summary>A <c>u</c> and four digits stand there.</summary>
    private char? UnitAt(int at) =>
        text[at] is 'u' && at + Hexadecimal < text.Length
        && ushort.TryParse(text.AsSpan(at + 1, Hexadecimal), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort unit)
            ? (char)unit : null;

    /// <summary>Some models write a line's end out between values, too.</summary>
    private void Blanks()
    {
        while (At < text.Length)
        {
            if (char.IsWhiteSpace(text[At])) At++;
            else if (text[At] is '\\' && At + 1 < text.Length && text[At + 1] is 'n' or 'r' or 't') At += 2;
            else return;
        }
    }

    private bool Take(char sign)
    {
        if (!IsNext(sign)) return false;
        At++;
        return true;
    }

    private bool IsNext(char sign)
    {
        if (At == text.Length) IsShort = true;
        return At < text.Length && text[At] == sign;
    }

    /// <summary>Of a tool or of an argument.</summary>
    internal static bool IsOfName(char sign) => char.IsAsciiLetterOrDigit(sign) || sign is '_' or '-' or '.';
}
