using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringwright.Store;
using Ringwright.Store.Areas;
using Ringwright.Store.Snapshots;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>A row of every table that travels, made of what its area declares, goes out and in again.</summary>
public sealed partial class EveryTableSnapshotTests
{
    private const string Tenant = "11111111-1111-1111-1111-111111111111", Leg = "0107000000070000000100000000beef",
        Moment = "2026-01-06T15:00:00Z";

    /// <summary>Where a text is more than a text, and a foreign key is of a resource.</summary>
    private static readonly Dictionary<string, string> Special = new(StringComparer.Ordinal)
    {
        ["tenant.id"] = $"\"{Tenant}\"", ["tenant.name"] = "\"acme\"", ["leg.state"] = "\"ended\"", ["api_key.role"] = "\"owner\"",
        ["trunk.sources"] = """["192.0.2.0/24"]""", ["trunk.codecs"] = """["PCMU"]""", ["shared_address.address"] = "\"192.0.2.9\"",
        ["access_network.network"] = "\"192.0.2.0/24\"", ["rate.prefix"] = "\"+1\"", ["route.prefix"] = "\"+1\"",
        ["do_not_call.number"] = "\"+15550100007\"", ["consent.number"] = "\"+15550100007\"", ["recording.blob"] = "null",
        ["connection_bucket.connection_id"] = "77", ["mailbox.number"] = "\"+15550100001\"",
    };

    private static CancellationToken Stop => TestDatabase.Stop;

    /// <summary>In the gate each loads, keeps and saves what the other one does.</summary>
    public static TheoryData<Product, Product> Ways()
    {
        var ways = new TheoryData<Product, Product> { { Product.Sqlite, Product.Postgres }, { Product.Postgres, Product.Sqlite } };
        if (!Depth.IsAll) return ways;
        ways.Add(Product.Sqlite, Product.Sqlite);
        ways.Add(Product.Postgres, Product.Postgres);
        return ways;
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task A_row_of_every_table_goes_out_and_in_again(Product from, Product to)
    {
        await using var schema = await TestDatabase.OpenAsync();
        await using var first = await TestDatabase.OpenAsync(from);
        await using var second = await TestDatabase.OpenAsync(to);
        string made = Path.Combine(first.Folder, "made.jsonl"), out1 = Path.Combine(first.Folder, "1.jsonl"),
            out2 = Path.Combine(second.Folder, "2.jsonl");
        var lines = await LinesOfEveryTableAsync(schema);
        await File.WriteAllLinesAsync(made, lines.Select(line => line.ToJsonString()), Stop);
        await LoadAsync(first, made);
        await SaveAsync(first, out1);
        await LoadAsync(second, out1);
        await SaveAsync(second, out2);

        string[] saved = (await File.ReadAllLinesAsync(out1, Stop))[1..];
        Assert.Equal(saved, (await File.ReadAllLinesAsync(out2, Stop))[1..]);
        var rows = saved.Select(line => JsonNode.Parse(line)!.AsObject().Single()).ToLookup(one => one.Key, one => one.Value!.AsObject());
        foreach (var line in lines.Skip(1))
        {
            var (kind, value) = line.Single();
            Assert.True(rows[kind].Any(row => value!.AsObject().All(said => said.Value is null || row.ContainsKey(said.Key))),
                $"{kind} lost something: {value!.ToJsonString()} is {string.Join(" or ", rows[kind].Select(r => r.ToJsonString()))}");
        }
        Assert.Empty(schema.Database.Areas.Tables.Where(t => t.IsInSnapshot && !rows.Contains(t.Kind)).Select(t => t.Kind));
    }

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

    private static async Task<List<JsonObject>> LinesOfEveryTableAsync(TestDatabase schema)
    {
        var lines = new List<JsonObject> { new() { ["ringwright"] = new JsonObject { ["snapshot"] = 1 } } };
        var made = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var table in schema.Database.Areas.BeforeResources) await AddAsync(table);
        Put("outbound_voice_profile", 5, """{"name": "out"}""");
        Put("call_control_application", 77, """{"title": "App", "outbound": {"profile": 5}}""");
        Put("phone_number", 9, """{"number": "+15550100001", "connection": "77", "tags": ["vip"]}""");
        foreach (var table in schema.Database.Areas.AfterResources) await AddAsync(table);
        return lines;

        void Put(string kind, int id, string body) => lines.Add(new()
        {
            [kind] = new JsonObject { ["id"] = $"{id}", ["tenant_id"] = Tenant, ["body"] = JsonNode.Parse(body) }
        });

        async Task AddAsync(StoreTable table)
        {
            string sql = (await schema.QueryAsync($"select sql from sqlite_master where name = '{table.Name}'"))[0];
            var words = Choice().Matches(sql).ToDictionary(m => m.Groups["column"].Value, m => m.Groups["first"].Value);
            var references = (await schema.QueryAsync(
                    $"""select "from" || ' ' || "table" || ' ' || coalesce("to", 'id') from pragma_foreign_key_list('{table.Name}')"""))
                .Select(text => text.Split(' ')).DistinctBy(part => part[0]).ToDictionary(part => part[0], part => (part[1], part[2]));
            var row = new JsonObject();
            foreach (var column in table.Columns)
            {
                // What calls are routed by is read when it is loaded: texts that mean something are not made up.
                if (table.Watched is not null && !column.IsRequired && column.Name is not ("id" or "tenant_id")) continue;
                row[column.Name] = ValueOf(table, column, words, references, made);
            }
            foreach (var empty in row.Where(one => one.Value is null).Select(one => one.Key).ToList()) row.Remove(empty);
            made[table.Name] = row;
            lines.Add(new() { [table.Kind] = row.DeepClone() });
        }
    }

    private static JsonNode? ValueOf(StoreTable table, TableColumn column, Dictionary<string, string> words,
        Dictionary<string, (string Table, string Column)> references, Dictionary<string, JsonObject> made)
    {
        if (Special.TryGetValue($"{table.Kind}.{column.Name}", out string? special)) return JsonNode.Parse(special);
        if (table.LegColumn == column.Name || column.Name == "leg_id") return Leg;
        if (column.Name == "tenant_id") return Tenant;
        if (references.TryGetValue(column.Name, out var to))
            return made.TryGetValue(to.Table, out var there) ? there[to.Column]?.DeepClone() : null;
        if (words.TryGetValue(column.Name, out string? word)) return word;
        if (table.Sealed.FirstOrDefault(one => one.Name == column.Name) is { } hidden)
            return hidden.IsText ? "a secret" : Convert.ToBase64String(new byte[32]);
        return column.Kind switch
        {
            TableColumnKind.Whole => 7,
            TableColumnKind.Truth => true,
            TableColumnKind.Time => Moment,
            TableColumnKind.Json => table.Lists.Contains(column.Name) ? new JsonArray("one") : new JsonObject { ["one"] = 1 },
            _ => column.Name == "id" || column.Name.EndsWith("_id", StringComparison.Ordinal) || column.Name == "uuid"
                ? Guid.NewGuid().ToString() : $"{table.Kind} {column.Name}",
        };
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

    /// <summary>A column that takes some words only, and the first of them.</summary>
    [GeneratedRegex(@"(?<column>[a-z_]+) text[^,]*? check \(\k<column> in \('(?<first>[a-z_0-9]+)'", RegexOptions.None,
        matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Choice();
}
