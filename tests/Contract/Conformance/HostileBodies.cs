using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Http.Tests;
using Ringwright.Testing;

namespace Ringwright.Contract.Conformance;

/// <summary>
/// Bodies that nobody would send by mistake, to every operation that has one. Whatever the answer is,
/// it is not a fault of ours, and it has the shape of one.
/// </summary>
[Collection(nameof(HostileBodies))]
public sealed class HostileBodies(ConformanceNode node)
{
    private const int Huge = 1024 * 1024, Many = 100_000;

    /// <summary>In the gate each field meets fewer of the values, and the dear bodies are for one operation in eight.</summary>
    private static readonly int TriesPerField = Depth.Times(gate: 2, all: 6);

    [Theory, Seeds(1)]
    public async Task No_body_is_answered_with_a_fault_of_ours(ulong seed)
    {
        var rng = new Rng(seed);
        var faults = new List<string>();
        foreach (var operation in Rows.Bound.Where(o => o.Body is not null && o.Place is not OperationPlace.Storage))
        {
            var ask = await AskAsync(operation);
            foreach (var (what, body) in Bodies(ask, rng))
            {
                var answer = await node.Owner.SendAsync(ask with { Raw = body });
                // What it has placed must leave room for others.
                if (CallOf(answer) is { } call && !ask.Path.Contains(call)) await node.HoldAsync(call);
                if (answer.Status >= 500 || (answer.Status >= 400 && !answer.IsProblem))
                    faults.Add($"{operation}, {what}: {answer}\n{Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 300)))}");
            }
        }
        Faults.None(faults);
    }

    private static string? CallOf(Answer answer) =>
        answer.Status < 300 && answer.Data is JsonObject made
        && (made["call_control_id"] ?? made["call_sid"] ?? made["sid"]) is JsonValue call && call.TryGetValue(out string? id) ? id : null;

    /// <summary>A good request, to things that are there: what is refused before the body is looked at would hide the rest.</summary>
    private async Task<Ask> AskAsync(Operation operation)
    {
        if (!Rows.Proven.Contains(operation.Id))
            return new(operation, [.. operation.PathNames.Select(_ => Guid.NewGuid().ToString())], "", null);
        var (ask, _) = await node.Arrangement.AnyAsync(operation, SampleSize.None);
        return ask;
    }

    private static IEnumerable<(string What, byte[] Body)> Bodies(Ask ask, Rng rng)
    {
        if (ask.MediaType != "application/json" || ask.Schema is not { } schema)
        {
            yield return ("noise", Noise(rng));
            yield break;
        }
        yield return ("noise", Noise(rng));
        yield return ("brackets", Encoding.UTF8.GetBytes(new string('[', Many)));
        yield return ("objects in objects",
            Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 2_000)) + "1" + new string('}', 2_000)));
        foreach (string json in new[]
        {
            "null", "[]", "17", "\"text\"", "true", "{\"\\ud800\":1}", "{\"a\":\"\\u0000\"}", "{\"a\":1e999}",
            "{\"a\":1,\"a\":2}", "{\"\":{}}", "{\"__proto__\":{\"admin\":true}}"
        }) yield return (json, Encoding.UTF8.GetBytes(json));

        string[] names = [.. schema.AllProperties().Where(p => !p.Value.IsReadOnly).Select(p => p.Key).Order(StringComparer.Ordinal)];
        foreach (string name in names)
            for (int i = 0; i < TriesPerField; i++) yield return (name, With(ask.Body, name, Values[rng.Next(Values.Length)]));
        // The dear ones meet one field each, another one with each seed.
        if (names.Length == 0 || (!Depth.IsAll && rng.Next(8) != 0)) yield break;
        yield return ("a huge text", With(ask.Body, names[rng.Next(names.Length)], HugeText));
        yield return ("a huge list", With(ask.Body, names[rng.Next(names.Length)], HugeList));
        yield return ("a huge list of objects", With(ask.Body, names[rng.Next(names.Length)], HugeListOfObjects));
        yield return ("a huge name", HugeName);
        yield return ("many fields", ManyFields);
    }

    // Written once, and not for each operation.
    private static readonly string HugeText = '"' + new string('x', Huge) + '"',
        HugeList = "[" + string.Join(',', Enumerable.Repeat("1", Many)) + "]",
        HugeListOfObjects = "[" + string.Join(',', Enumerable.Repeat("{}", Many)) + "]";

    private static readonly byte[] HugeName = Encoding.UTF8.GetBytes("{\"" + new string('n', Huge) + "\":1}"),
        ManyFields = Encoding.UTF8.GetBytes("{" + string.Join(',', Enumerable.Range(0, Many).Select(i => $"\"f{i}\":0")) + "}");

    internal static readonly string[] Values =
    [
        "null", "{}", "[]", "\"\"", "\" \"", "-1", "99999999999999999999999999", "1.5", "1.0", "2e1", "true", "\"\\ud83d\\ude00\"",
        "\"\\r\\nX-Evil: 1\"", "\"../../etc/passwd\"", "\"' or 1=1 --\"", "\"" + new string('9', 5_000) + "\"", "[[[[[[[[]]]]]]]]",
        "{\"a\":{\"b\":{\"c\":[null]}}}", "\"\u202Eevil\u4E2D\"", "[null]", "[\"a\",1,{}]", "\"http://[::1\"", "\"file:///etc/passwd\"",
    ];

    /// <summary>A good body with one field that is this JSON.</summary>
    internal static byte[] With(JsonNode? good, string name, string json)
    {
        var body = good?.DeepClone() as JsonObject ?? [];
        body.Remove(name);
        string text = body.ToJsonString();
        return Encoding.UTF8.GetBytes($"{text[..^1]}{(text.Length > 2 ? "," : "")}\"{name}\":{json}}}");
    }

    private static byte[] Noise(Rng rng)
    {
        byte[] noise = new byte[200];
        rng.Fill(noise);
        return noise;
    }
}
