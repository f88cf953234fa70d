using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Conversations.Models;

/// <summary>
/// The calls of one answer, from their pieces. Servers differ: without index, all of one index, whole at once, arguments as an object,
/// a new id or an empty name in what goes on. A name with an id that is new begins a call; all else goes on with one.
/// </summary>
internal sealed class ChatCalls
{
    /// <summary>Many more than are carried out; what is behind is left out.</summary>
    private const int Most = 32;
    private const int ArgumentCharacters = 64 * 1024;
    /// <summary>Braces at which the last of several objects may begin; no more are looked at.</summary>
    private const int Braces = 64;
    /// <summary>Members that only the server understands which sends them: Gemini's signatures, by itself and behind a proxy.</summary>
    private static readonly string[] Extras = ["extra_content", "provider_specific_fields"];

    private readonly List<Entry> _entries = [];

    public bool IsEmpty => !Named.Any();

    /// <summary>What never got a name is no call.</summary>
    private IEnumerable<Entry> Named => _entries.Where(entry => entry.Name.Length > 0);

    public void Add(JsonObject piece)
    {
        string id = Text(piece["id"]) ?? "";
        int? index = piece["index"] is JsonValue number && number.TryGetValue(out int place) ? place : null;
        var function = piece["function"] as JsonObject;
        string name = NameOf(Text(function?["name"]) ?? "");
        string arguments = function?["arguments"] switch
        {
            null => "",
            JsonValue value when value.TryGetValue(out string? text) => text,
            var whole => whole.ToJsonString(),
        };
        var entry = Find(id, index, name, arguments);
        if (entry is null)
        {
            if (name.Length == 0 && !IsUnnamed(id, index) || _entries.Count >= Most) return;
            _entries.Add(entry = new(id, index) { Name = name });
        }
        else if (entry.Name.Length == 0) entry.Name = name;
        entry.Add(arguments);
        foreach (string extra in Extras)
            if (piece[extra] is { } member) entry.Keep(extra, member.ToJsonString());
    }

    /// <summary>With ids of ours: servers give the same one twice.</summary>
    /// <param name="sentAlong">Members of the message, as a JSON object; null for none.</param>
    /// <param name="isWhole">The answer was not cut short.</param>
    public IEnumerable<ToolCall> Finish(int request, string? sentAlong, bool isWhole) => Named.Select((entry, i) => new ToolCall(
        // Nine letters and digits: some servers take nothing else.
        string.Create(CultureInfo.InvariantCulture, $"c{request % 1_000_000:D6}{i:D2}"), entry.Name, entry.Mended(isWhole))
    {
        Extras = ToolCallExtras.Of(i == 0 ? sentAlong : null, entry.Extras),
    });

    /// <summary>Servers may leave marks of the model behind it (gpt-oss); no name has such characters.</summary>
    private static string NameOf(string told) => told.IndexOf("<|", StringComparison.Ordinal) is >= 0 and var at ? told[..at].Trim() : told;

    /// <summary>Which one the piece goes on with; null where it begins one.</summary>
    private Entry? Find(string id, int? index, string name, string arguments)
    {
        if (id.Length > 0 && _entries.Find(entry => entry.Id == id) is { } same) return same;
        if (id.Length > 0 && name.Length > 0) return null;
        var found = index is null ? _entries.LastOrDefault() : _entries.FindLast(entry => entry.Index == index);
        if (name.Length == 0) return found ?? (IsUnnamed(id, index) ? null : _entries.LastOrDefault());
        // A name without an id: said again, or of the next call.
        if (found is null || index is null) return null;
        return found.Name.Length == 0 || found.Name == name && !(found.IsWhole && arguments.Length > 0) ? found : null;
    }

    /// <summary>A place and an id of its own: a call whose name comes later (vLLM, DeepInfra).</summary>
    private static bool IsUnnamed(string id, int? index) => id.Length > 0 && index is not null;

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private sealed class Entry(string id, int? index)
    {
        private readonly StringBuilder _arguments = new();
        private readonly JsonObject _extras = [];

        public string Id => id;
        public int? Index => index;
        /// <summary>Empty as long as it is not told.</summary>
        public required string Name { get; set; }
        /// <summary>A call without any has an empty object.</summary>
        public string Arguments => Plain(_arguments.ToString());
        /// <summary>The same as the object that they were meant to be, where that is plain.</summary>
        public string Mended(bool isWhole)
        {
            string told = Arguments;
            return IsObject(told) ? told : MendedJson.ObjectOf(told, isWhole)?.ToJsonString() ?? told;
        }
        public bool IsWhole => _arguments.Length > 0 && IsObject(_arguments.ToString());
        /// <summary>As a JSON object; null for none.</summary>
        public string? Extras => _extras.Count == 0 ? null : _extras.ToJsonString();

        public void Add(string piece)
        {
            if (piece.Length == 0) return;
            // The whole of it once more; an empty object stands only for what comes then.
            if (piece[0] == '{' && IsWhole && IsObject(piece))
            {
                if (Arguments is "{}") _arguments.Clear().Append(piece);
            }
            else if (_arguments.Length + piece.Length <= ArgumentCharacters) _arguments.Append(piece);
        }

        /// <summary>Some models write the object as a text within the text (Granite), or null for none.</summary>
        private static string Plain(string arguments)
        {
            if (arguments.AsSpan().Trim() is "" or "null") return "{}";
            if (arguments.TrimStart() is ['"', ..] && TextIn(arguments) is { } within && IsObject(within)) return within;
            return IsObject(arguments) ? arguments : Once(arguments) ?? arguments;
        }

        /// <summary>
        /// The object that a server has told more than once, or of which it has told the beginning before all of it (vLLM, and what asks
        /// others); null where that is not so.
        /// </summary>
        private static string? Once(string told)
        {
            int at = told.Length;
            for (int i = 0; i < Braces && at > 0 && (at = told.LastIndexOf('{', at - 1)) > 0; i++)
            {
                string last = told[at..], before = told[..at];
                while (before.EndsWith(last, StringComparison.Ordinal)) before = before[..^last.Length];
                if (last.StartsWith(before, StringComparison.Ordinal) && IsObject(last)) return last;
            }
            return null;
        }

        private static string? TextIn(string json)
        {
            try
            {
                return Text(JsonNode.Parse(json));
            }
            // JSON may escape half of a pair of surrogates, which is no text.
            catch (Exception none) when (none is JsonException or InvalidOperationException)
            {
                return null;
            }
        }

        public void Keep(string extra, string json)
        {
            if (json.Length <= ArgumentCharacters) _extras[extra] = JsonNode.Parse(json);
        }

        private static bool IsObject(string text)
        {
            try
            {
                using var read = JsonDocument.Parse(text);
                return read.RootElement.ValueKind is JsonValueKind.Object;
            }
            catch (JsonException)
            {
                return false;
            }
        }
    }
}
