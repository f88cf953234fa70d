using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Conversations.Scripts;

/// <summary>The first thing that is wrong with a script, with its place.</summary>
internal sealed class FirstFault
{
    public string? Text { get; private set; }

    public void Set(string path, string what) => Text ??= path.Length == 0 ? what : $"{path}: {what}";
}

/// <summary>
/// One object of a script. What is wrong goes to the fault, and what is read in its place does not matter then. A member that nobody has
/// read is wrong too.
/// </summary>
internal sealed class ScriptReader(JsonObject node, string path, FirstFault fault)
{
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    public string Path => path;
    public FirstFault Fault => fault;

    public bool Has(string name) => node[name] is not null;

    public string? Text(string name, int most)
    {
        if (Take(name) is not { } value) return null;
        if (value.GetValueKind() is not JsonValueKind.String) Refuse(name, "must be a text");
        else if ((string)value! is { } text && text.Length <= most) return text;
        else Refuse(name, string.Create(CultureInfo.InvariantCulture, $"must have at most {most} characters"));
        return null;
    }

    public string Needed(string name, int most)
    {
        if (!Has(name)) Refuse(name, "must be there");
        return Text(name, most) ?? "";
    }

    public bool Flag(string name, bool otherwise)
    {
        if (Take(name) is not { } value) return otherwise;
        if (value.GetValueKind() is JsonValueKind.True or JsonValueKind.False) return (bool)value;
        Refuse(name, "must be true or false");
        return otherwise;
    }

    public TimeSpan? Seconds(string name, double least, double most) =>
        Number(name, least, most) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    public int? Whole(string name, int least, int most)
    {
        if (Number(name, least, most) is not { } number) return null;
        if (number == Math.Floor(number)) return (int)number;
        Refuse(name, "must be a whole number");
        return null;
    }

    public ScriptReader? Object(string name)
    {
        if (Take(name) is not { } value) return null;
        if (value is JsonObject inner) return new(inner, At(name), fault);
        Refuse(name, "must be an object");
        return null;
    }

    public IReadOnlyList<ScriptReader> Objects(string name, int most)
    {
        var objects = new List<ScriptReader>();
        foreach (var (item, at) in Items(name, most))
        {
            if (item is JsonObject inner) objects.Add(new(inner, at, fault));
            else fault.Set(at, "must be an object");
        }
        return objects;
    }

    public IReadOnlyList<string> Texts(string name, int most, int characters)
    {
        var texts = new List<string>();
        foreach (var (item, at) in Items(name, most))
        {
            if (item is JsonValue value && value.TryGetValue(out string? text) && text.Length is > 0 && text.Length <= characters)
                texts.Add(text);
            else fault.Set(at, string.Create(CultureInfo.InvariantCulture, $"must be a text of 1 to {characters} characters"));
        }
        return texts;
    }

    /// <summary>Names with texts.</summary>
    public IReadOnlyDictionary<string, string> Map(string name, int most, int characters)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Object(name) is not { } inner) return map;
        foreach (string key in inner.Names(most)) map[key] = inner.Text(key, characters) ?? "";
        return map;
    }

    public IReadOnlyList<string> Names(int most)
    {
        string[] names = [.. node.Select(member => member.Key)];
        if (names.Length > most) fault.Set(path, string.Create(CultureInfo.InvariantCulture, $"must have at most {most} members"));
        return names;
    }

    public void Refuse(string name, string what) => fault.Set(At(name), what);

    /// <summary>All that may be there has been read.</summary>
    public void Close()
    {
        foreach (var (name, _) in node)
            if (!_read.Contains(name)) Refuse(name, "is not known");
    }

    /// <summary>As it stands.</summary>
    public JsonObject? Json(string name)
    {
        if (Take(name) is not { } value) return null;
        if (value is JsonObject inner) return inner;
        Refuse(name, "must be an object");
        return null;
    }

    public double? Number(string name, double least, double most)
    {
        if (Take(name) is not { } value) return null;
        if (value is JsonValue plain && plain.GetValueKind() is JsonValueKind.Number && plain.TryGetValue(out double number)
            && number >= least && number <= most) return number;
        Refuse(name, string.Create(CultureInfo.InvariantCulture, $"must be a number from {least} to {most}"));
        return null;
    }

    private IEnumerable<(JsonNode? Item, string At)> Items(string name, int most)
    {
        if (Take(name) is not { } value) yield break;
        if (value is not JsonArray list || list.Count == 0 || list.Count > most)
        {
            Refuse(name, string.Create(CultureInfo.InvariantCulture, $"must be a list of 1 to {most}"));
            yield break;
        }
        for (int i = 0; i < list.Count; i++) yield return (list[i], string.Create(CultureInfo.InvariantCulture, $"{At(name)}[{i}]"));
    }

    private JsonNode? Take(string name)
    {
        _read.Add(name);
        return node[name];
    }

    private string At(string name) => path.Length == 0 ? name : $"{path}.{name}";
}
