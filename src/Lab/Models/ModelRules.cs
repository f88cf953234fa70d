using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Lab.Models;

/// <summary>
/// What stands in for a language model: rules that say what is answered to which word of the last message. What no rule knows is
/// answered by what was heard, so that whoever reads it can tell that the answer comes from the request.
/// </summary>
/// <remarks>
/// One rule a line: <c>WHEN word SAY text</c>, <c>WHEN word CALL tool {json}</c>, <c>WHEN word DO failure [ONCE]</c>, <c>ELSE SAY text</c>,
/// <c>PACE milliseconds</c> between words; a phrase stands in quotes. All rules of the first word that is there hold.
/// </remarks>
public sealed class ModelRules
{
    private const int MostPace = 60_000;
    private const string Said = "{{said}}";

    /// <summary>What a server of a model may do wrong, beside a status of 400 to 599.</summary>
    private static readonly string[] Failures = ["stall", "half", "twice", "empty", "nonsense"];

    private readonly List<Rule> _rules = [];
    private string? _otherwise;

    private ModelRules(string text) =>
        Fingerprint = $"ringwright-lab-rules-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..8]}";

    /// <summary>Says with each answer that rules have made it, and which.</summary>
    public string Fingerprint { get; }

    /// <summary>Between two words.</summary>
    public TimeSpan Pace { get; private set; }

    /// <summary>Null and what is wrong with it, with its line, when they are none.</summary>
    public static (ModelRules? Rules, string? Fault) Read(string text)
    {
        var rules = new ModelRules(text);
        int number = 0;
        foreach (string raw in text.Split('\n'))
        {
            number++;
            string line = raw.Trim();
            if (line.Length == 0 || line[0] == '#') continue;
            if (rules.Take(line) is { } fault) return (null, string.Create(CultureInfo.InvariantCulture, $"line {number}: {fault}"));
        }
        return (rules, null);
    }

    /// <summary>Null when the request has no message to answer.</summary>
    internal RuledAnswer? Answer(JsonObject request)
    {
        if (request["messages"] is not JsonArray messages) return null;
        var said = messages.OfType<JsonObject>().Where(message => Text(message["role"]) is "user" or "tool").ToList();
        if (said.Count == 0) return null;
        string last = Text(said[^1]["content"]) ?? "";
        var words = WordsOf(last);
        var first = _rules.Find(rule => Contains(words, rule.Words));
        if (first is null) return new([(_otherwise ?? Heard(said)).Replace(Said, last, StringComparison.Ordinal)], [], null, false);
        var all = _rules.Where(rule => rule.Words.SequenceEqual(first.Words)).ToList();
        var tools = request["tools"] as JsonArray ?? new JsonArray();
        string[] offered = [.. tools.OfType<JsonObject>().Select(tool => Text(tool["function"]?["name"])).OfType<string>()];
        var calls = all.Where(rule => rule.Tool is not null).ToList();
        return new(
            [
                .. all.Select(rule => rule.Say?.Replace(Said, last, StringComparison.Ordinal)).OfType<string>(),
                .. calls.Where(rule => !offered.Contains(rule.Tool!)).Select(rule => $"No tool {rule.Tool} is offered."),
            ],
            [.. calls.Where(rule => offered.Contains(rule.Tool!)).Select(rule => (rule.Tool!, rule.Arguments))],
            all.Find(rule => rule.Failure is not null)?.Failure, all.Exists(rule => rule.IsOnce));
    }

    private string? Take(string line)
    {
        string[] parts = line.Split(' ', 2);
        string rest = parts.Length > 1 ? parts[1].Trim() : "";
        switch (parts[0])
        {
            case "PACE":
                if (!int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out int pace) || pace > MostPace)
                    return $"PACE needs milliseconds, 0 to {MostPace}";
                Pace = TimeSpan.FromMilliseconds(pace);
                return null;
            case "ELSE" when rest.StartsWith("SAY ", StringComparison.Ordinal):
                _otherwise = rest[4..].Trim();
                return null;
            case "WHEN":
                return TakeWhen(rest);
            default:
                return "must begin with WHEN, ELSE SAY or PACE";
        }
    }

    private string? TakeWhen(string rest)
    {
        int end = rest.StartsWith('"') ? rest.IndexOf('"', 1) + 1 : rest.IndexOf(' ', StringComparison.Ordinal);
        var words = end > 0 ? WordsOf(rest[..end]) : [];
        string[] does = end > 0 ? rest[end..].Trim().Split(' ', 2) : [];
        if (words.Count == 0 || does is not [var verb, var what]) return "must be WHEN word SAY, CALL or DO, and what";
        switch (verb)
        {
            case "SAY":
                _rules.Add(new(words) { Say = what.Trim() });
                return null;
            case "CALL":
                string[] call = what.Trim().Split(' ', 2);
                // What is no JSON is sent as it is: models do that too.
                _rules.Add(new(words) { Tool = call[0], Arguments = call.Length > 1 ? call[1].Trim() : "{}" });
                return null;
            case "DO":
                string[] failure = what.Trim().Split(' ');
                bool isStatus = int.TryParse(failure[0], NumberStyles.None, CultureInfo.InvariantCulture, out int status)
                    && status is >= 400 and < 600;
                if (!isStatus && !Failures.Contains(failure[0]) || failure is not ([_] or [_, "ONCE"]))
                    return $"DO knows {string.Join(", ", Failures)} and a status from 400 to 599, and ONCE behind it";
                _rules.Add(new(words) { Failure = failure[0], IsOnce = failure.Length > 1 });
                return null;
            default:
                return "must be WHEN word SAY, CALL or DO, and what";
        }
    }

    private static string Heard(List<JsonObject> said)
    {
        var users = said.Where(message => Text(message["role"]) is "user").Select(message => Text(message["content"]) ?? "").ToList();
        string sum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', users))));
        return string.Create(CultureInfo.InvariantCulture, $"heard {users.Count} {sum[..8]}");
    }

    private static List<string> WordsOf(string text) =>
        [.. new string([.. text.Select(c => char.IsLetterOrDigit(c) ? char.ToLowerInvariant(c) : ' ')])
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    private static bool Contains(List<string> words, List<string> phrase)
    {
        for (int i = 0; i + phrase.Count <= words.Count; i++)
            if (words.GetRange(i, phrase.Count).SequenceEqual(phrase)) return true;
        return false;
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private sealed record Rule(List<string> Words)
    {
        public string? Say { get; init; }
        public string? Tool { get; init; }
        public string Arguments { get; init; } = "{}";
        public string? Failure { get; init; }
        public bool IsOnce { get; init; }
    }
}

/// <param name="Failure">What goes wrong; null for nothing.</param>
/// <param name="FailsOnce">Only the first time that the same is asked.</param>
internal sealed record RuledAnswer(IReadOnlyList<string> Says, IReadOnlyList<(string Tool, string Arguments)> Calls, string? Failure,
    bool FailsOnce);
