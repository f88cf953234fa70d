using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Core;

namespace Ringwright.Http.Tests;

public sealed class GeneratedBodies
{
    private const int Seeds = 8;

    private static IEnumerable<(Operation Operation, Schema Schema)> Bodies() =>
        from operation in TelnyxFiles.Contract.Operations
        where operation.Body is not null
        from media in operation.Body!.Content
        where media.MediaType is "application/json" or "application/x-www-form-urlencoded"
        select (operation, media.Schema);

    [Fact]
    public void Every_operation_takes_a_body_that_fits_its_schema()
    {
        Assert.True(Bodies().Count() > 290);
        foreach (var (operation, schema) in Bodies())
            for (ulong seed = 0; seed < Seeds; seed++)
            {
                var body = new SampleBodies(new Rng(seed)).Make(schema);
                var violations = Check(schema, body);
                Assert.True(violations.Count == 0, $"{operation.Id} seed {seed}: {Describe(violations)}\n{body}");
            }
    }

    [Fact]
    public void Every_body_with_one_wrong_thing_is_refused_with_a_pointer_to_it()
    {
        int broken = 0;
        foreach (var (operation, schema) in Bodies())
            for (ulong seed = 0; seed < Seeds; seed++)
            {
                var samples = new SampleBodies(new Rng(seed));
                if (samples.Make(schema) is not { } body || samples.Break(schema, body) is not var (wrong, pointer)) continue;
                broken++;
                var violations = Check(schema, wrong);
                Assert.True(violations.Any(v => v.Pointer == pointer),
                    $"{operation.Id} seed {seed}: expected {pointer}, got {Describe(violations)}\n{wrong}");
            }

        Assert.True(broken > 1500, $"only {broken} bodies could be broken");
    }

    [Fact]
    public void Every_reply_and_event_schema_takes_a_body_that_fits_it()
    {
        var replies = TelnyxFiles.Contract.Operations.SelectMany(o => o.Replies.Select(r => (Name: $"{o.Id} {r.Status}", r.Json)))
            .Where(r => r.Json is not null);
        foreach (var (name, schema) in replies.Concat(TelnyxFiles.Contract.Events.Select(e => (e.Name, (Schema?)e.Schema))))
        {
            var body = new SampleBodies(new Rng(1), BodyDirection.Reply).Make(schema!);
            using var document = JsonDocument.Parse(body?.ToJsonString() ?? "null");
            var violations = SchemaCheck.Run(schema!, document.RootElement, BodyDirection.Reply).Violations;
            Assert.True(violations.Count == 0, $"{name}: {Describe(violations)}\n{body}");
        }
    }

    private static IReadOnlyList<Violation> Check(Schema schema, JsonNode? body)
    {
        using var document = JsonDocument.Parse(body?.ToJsonString() ?? "null");
        return SchemaCheck.Run(schema, document.RootElement).Violations;
    }

    private static string Describe(IReadOnlyList<Violation> violations) =>
        string.Join("; ", violations.Select(v => $"{v.Pointer} {v.Kind} {v.Detail}"));
}
