using System.Text.Json.Nodes;
using Ringwright.Store;
using Ringwright.Store.Snapshots;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>What tables declare of themselves is what a snapshot finds in them.</summary>
public sealed class EveryTableSnapshotTests
{
    private static CancellationToken Stop => TestDatabase.Stop;

    /// <summary>What the operator's API calls a list is one in its table, and in a backup.</summary>
    [Fact]
    public async Task Lists_of_the_contract_are_lists_of_the_tables()
    {
        await using var schema = await TestDatabase.OpenAsync();
        var texts = Directory.GetFiles(Repository.PathOf("contracts", "operator"), "*.json", SearchOption.AllDirectories)
            .Select(file => JsonNode.Parse(File.ReadAllText(file))).ToList();
        int seen = 0;
        foreach (var table in schema.Database.Areas.Tables.Where(t => t.IsInSnapshot))
            foreach (var column in table.Columns.Where(c => c.Kind is TableColumnKind.Json))
                foreach (string type in texts.SelectMany(text => TypesOf(text, NameOf(table.Kind), column.Name)))
                {
                    Assert.True((type == "array") == table.Lists.Contains(column.Name), $"{table.Kind}.{column.Name} is {type}");
                    seen++;
                }
        Assert.True(seen >= 2, $"{seen}: the bundle's two at least");
    }

    [Theory, InlineData(Product.Sqlite), InlineData(Product.Postgres)]
    public async Task A_file_whose_folder_is_missing_is_refused_in_words(Product product)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        string nowhere = Path.Combine(test.Folder, "missing", "all.jsonl");
        foreach (var refused in new[]
        {
            await Assert.ThrowsAsync<SnapshotException>(() => SaveAsync(test, nowhere)),
            await Assert.ThrowsAsync<SnapshotException>(() => LoadAsync(test, nowhere)),
        }) Assert.Contains(nowhere, refused.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> TypesOf(JsonNode? node, string schema, string property)
    {
        if (node is not JsonObject found) yield break;
        foreach (var (name, value) in found)
        {
            if (name == schema && value?["properties"]?[property]?["type"] is JsonValue type && type.TryGetValue(out string? text))
                yield return text;
            foreach (string below in TypesOf(value, schema, property)) yield return below;
        }
    }

    private static string NameOf(string kind) =>
        string.Concat(kind.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    private static Task SaveAsync(TestDatabase test, string file) =>
        test.Database.Snapshots.SaveAsync(file, tenant: null, Kinds(test.Database), withFiles: true, overwrites: true, Stop);

    private static Task LoadAsync(TestDatabase test, string file) =>
        test.Database.Snapshots.LoadAsync(file, Kinds(test.Database), static (_, _) => null, replaces: false, static () => 1, Stop);

    private static SnapshotKind[] Kinds(Database database) =>
    [
        new("outbound_voice_profile", database.OutboundProfiles.Rows(Shop.Profiles)),
        new("call_control_application", database.Connections.Rows("call_control", Shop.Applications)),
        new("phone_number", database.Numbers.Rows(Shop.Numbers)),
    ];
}
