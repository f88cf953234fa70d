using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Http.Tests;

namespace Ringwright.Contract.Conformance;

/// <summary>Makes good requests from rows, and the things that they need.</summary>
internal sealed class Arrangement(ConformanceNode node)
{
    /// <summary>A good request of the row's own operation.</summary>
    public Task<Arranged> OwnAsync(Row row, Words words, SampleSize size) =>
        FillAsync(Rows.OperationOf(row), words, size, row.Path, row.Query, size is SampleSize.All ? [row.Body, row.Full] : [row.Body]);

    /// <summary>A good request of an operation that follows from the row.</summary>
    /// <param name="thing">What is read, changed or deleted; a list only needs its path.</param>
    public async Task<Arranged> FollowingAsync(Operation operation, Row row, Made thing, Words words, SampleSize size)
    {
        bool isOfOne = operation.Path.EndsWith('}');
        IReadOnlyList<string> path = isOfOne ? [.. thing.Path, thing.Id] : thing.Path;
        string query = operation.Id == row.Operation || !isOfOne ? row.Query : "";
        if (operation.Method is "GET" or "DELETE") return await FillAsync(operation, words, size, path, query);
        List<string> bodies = [await KnownAsync(operation, words, row.Body)];
        if (size is SampleSize.All) bodies.Add(await KnownAsync(operation, words, row.Full));
        bodies.Add(row.Update);
        if (size is SampleSize.All) bodies.Add(row.FullUpdate);
        return await FillAsync(operation, words, size, path, query, [.. bodies]);
    }

    /// <summary>A good request of any operation that a row proves.</summary>
    public async Task<Arranged> AnyAsync(Operation operation, SampleSize size)
    {
        var words = new Words(node);
        if (Rows.RowOf(operation) is not { } row)
            throw new Xunit.Sdk.XunitException($"{operation.Id} has no row.");
        if (Rows.ResourceOf(row).Following.Contains(operation))
            return await FollowingAsync(operation, row, await FindAsync(row, words), words, size);
        return await OwnAsync(row, words, size);
    }

    /// <summary>A thing of the row's resource: the one that it names, or a new one.</summary>
    public async Task<Made> FindAsync(Row row, Words words)
    {
        if (row.Thing is not { } thing) return await MakeAsync(row.Operation, new(node));
        string id = await words.FillAsync(thing);
        var parents = new List<string>();
        foreach (string name in row.Path) parents.Add(await words.FillAsync(name));
        return new(id, new JsonObject(), parents);
    }

    /// <summary>Asks an operation for a new thing, as its row says.</summary>
    /// <param name="over">JSON, laid over the body of the row.</param>
    public async Task<Made> MakeAsync(string operation, Words words, string over = "{}")
    {
        var row = Rows.Find(operation) ?? throw new Xunit.Sdk.XunitException($"'{operation}' is no word, and no operation with a row.");
        var (ask, _) = await FillAsync(Rows.OperationOf(row), words, SampleSize.None, row.Path, row.Query, row.Body, over);
        var answer = await node.Owner.SendAsync(ask);
        Assert.True(answer.IsSuccess && answer.Data is not null, $"{operation}: {answer}\n{ask.Body}");
        return new(JsonPlaces.Text(answer.Data, row.Id)
            ?? throw new Xunit.Sdk.XunitException($"{operation} made nothing with '{row.Id}': {answer}"), answer.Data, ask.Path);
    }

    private async Task<Arranged> FillAsync(Operation operation, Words words, SampleSize size, IReadOnlyList<string> path,
        string query, params string[] bodies)
    {
        var ids = new List<string>();
        foreach (string text in path) ids.Add(await words.FillAsync(text));
        var ask = new Ask(operation, ids, await words.FillAsync(query, isQuery: true), null);
        if (ask.Schema is not { } schema) return new(ask, null);
        var body = new SampleBodies(new Rng(7)) { Size = size }.Make(schema) as JsonObject ?? [];
        var every = body.DeepClone().AsObject();
        foreach (string over in bodies)
        {
            var laid = await words.BodyAsync(over);
            Lay(body, laid, removes: true);
            Lay(every, laid, removes: false);
        }
        RefusedFields.TakeFrom(operation, body);
        return new(ask with { Body = body }, every);
    }

    /// <summary>What the row says of the fields that this operation has too.</summary>
    private static async Task<string> KnownAsync(Operation update, Words words, string json)
    {
        var schema = new Ask(update, [], "", null).Schema;
        var known = new JsonObject();
        // Its words are filled in here, so that nothing is made for a field that does not stay.
        foreach (var (name, value) in JsonNode.Parse(json)!.AsObject())
            if (schema?.FindProperty(name) is { IsReadOnly: false }) known[name] = await words.FillAsync(value);
        return known.ToJsonString();
    }

    private static void Lay(JsonObject body, JsonObject over, bool removes)
    {
        foreach (var (name, value) in over)
        {
            if (value is null && !removes) continue;
            if (value is null) body.Remove(name);
            else if (value is JsonObject inner && body[name] is JsonObject outer) Lay(outer, inner, removes);
            else body[name] = value.DeepClone();
        }
    }
}

/// <summary>A good request.</summary>
/// <param name="Every">Its body with the fields too that a row takes out: it fits the schema, and need not make sense.</param>
internal sealed record Arranged(Ask Ask, JsonObject? Every);
