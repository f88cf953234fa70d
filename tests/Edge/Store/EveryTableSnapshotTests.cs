using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringwright.Calls;
using Ringwright.Server.Modules;
using Ringwright.Store;
using Ringwright.Store.Areas;
using Ringwright.Store.Snapshots;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>
/// Rows of every table that travels, of all modules, made of what their areas declare, go out and in again: of each table one that says
/// all, nothing of it as it would be by default and much of it as few people write it, and one that says only what it must.
/// </summary>
public sealed partial class EveryTableSnapshotTests
{
    private const string Tenant = "11111111-1111-1111-1111-111111111111", Above = "33333333-3333-3333-3333-333333333333",
        Leg = "0107000000070000000100000000beef", OtherLeg = "0107000000070000000200000000beef", Moment = "2026-01-06T15:00:00.123456Z",
        Past = "1969-12-31T23:59:59.999999Z";

    /// <summary>What a text may be made of. It begins with a letter, for databases sort signs in ways of their own.</summary>
    private const string Odd = "z '\"\\\t\r\n {} -- \u00e9 \u0001 \u2028 \ud83d\ude00";
    /// <summary>No floating number is this one.</summary>
    private const long Exact = 9_007_199_254_740_993;

    /// <summary>Where a text is more than a text, a check says more than its words, and a foreign key is of a resource.</summary>
    private static readonly Dictionary<string, string> Special = new(StringComparer.Ordinal)
    {
        ["tenant.id"] = $"\"{Tenant}\"", ["tenant.name"] = "\"acme\"", ["tenant.default_profile_id"] = "5", ["leg.state"] = "\"ended\"",
        ["api_key.role"] = "\"member\"", ["trunk.sources"] = """["192.0.2.0/24"]""", ["trunk.codecs"] = """["PCMU"]""",
        ["shared_address.address"] = "\"192.0.2.9\"", ["access_network.network"] = "\"192.0.2.0/24\"", ["rate.prefix"] = "\"+1\"",
        ["route.prefix"] = "\"+1\"", ["do_not_call.number"] = "\"+15550100007\"", ["consent.number"] = "\"+15550100007\"",
        ["connection_bucket.connection_id"] = "77", ["mailbox.number"] = "\"+15550100001\"", ["agency.id"] = $"\"{Tenant}\"",
        ["agency_user.role"] = "\"client_admin\"", ["agency_api_key.role"] = "\"client_viewer\"", ["agency_agent.language_hint"] = "\"de\"",
        ["agency_number.phone_number"] = "\"+15550100008\"",
    };

    /// <summary>The same of the rows that say only what they must. A call without an end is up, and is not saved.</summary>
    private static readonly Dictionary<string, string> SpecialOfBare = new(StringComparer.Ordinal)
    {
        ["tenant.id"] = $"\"{Above}\"", ["tenant.name"] = "\"above\"", ["leg.ended_at"] = $"\"{Moment}\"",
        ["shared_address.address"] = "\"192.0.2.10\"",
        ["rate_deck.is_default"] = "false", ["connection_bucket.connection_id"] = "78", ["mailbox.number"] = "\"+15550100002\"",
        ["agency.id"] = $"\"{Above}\"", ["agency_user.role"] = "\"agency_owner\"", ["agency_api_key.role"] = "\"agency_member\"",
        ["agency_number.phone_number"] = "\"+15550100009\"",
    };

    /// <summary>Columns that no row here says, and why.</summary>
    private static readonly Dictionary<string, string> Untold = new(StringComparer.Ordinal)
    {
        ["recording.blob"] = "names a file, which must be there; SnapshotTests has one",
    };

    private static CancellationToken Stop => TestDatabase.Stop;

    /// <summary>In the gate PostgreSQL loads, keeps and saves what SQLite does; SnapshotTests have the other way there.</summary>
    public static TheoryData<Product, Product> Ways()
    {
        var ways = new TheoryData<Product, Product> { { Product.Sqlite, Product.Postgres } };
        if (!Depth.IsAll) return ways;
        ways.Add(Product.Postgres, Product.Sqlite);
        ways.Add(Product.Sqlite, Product.Sqlite);
        ways.Add(Product.Postgres, Product.Postgres);
        return ways;
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task A_row_of_every_table_goes_out_and_in_again(Product from, Product to)
    {
        await using var schema = await TestDatabase.OpenAsync(configure: WithModules);
        await using var first = await TestDatabase.OpenAsync(from, configure: WithModules);
        await using var second = await TestDatabase.OpenAsync(to, configure: WithModules);
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
        var tables = schema.Database.Areas.Tables.Where(t => t.IsInSnapshot).Select(t => t.Kind).ToHashSet(StringComparer.Ordinal);
        foreach (string line in (await File.ReadAllLinesAsync(made, Stop))[1..])
        {
            var (kind, value) = JsonNode.Parse(line)!.AsObject().Single();
            // A resource is shown anew by its API.
            bool isRow = tables.Contains(kind);
            Assert.True(rows[kind].Any(row => value!.AsObject().All(said =>
                    row.ContainsKey(said.Key) && (!isRow || JsonNode.DeepEquals(row[said.Key], said.Value)))),
                $"{kind} lost something: {value!.ToJsonString()} is {string.Join(" or ", rows[kind].Select(r => r.ToJsonString()))}");
        }
        Assert.Empty(schema.Database.Areas.Tables.Where(t => t.IsInSnapshot && !rows.Contains(t.Kind)).Select(t => t.Kind));
    }

    /// <summary>
    /// Whoever adds a table or a column in a module decides, too: it travels, is omitted, or its table is left out with a reason.
    /// </summary>
    [Fact]
    public async Task All_tables_and_columns_of_modules_are_decided_on()
    {
        await using var schema = await TestDatabase.OpenAsync(configure: WithModules);
        var real = (await schema.ColumnsAsync()).Where(column => !column.StartsWith("schema_", StringComparison.Ordinal))
            .ToLookup(column => column.Split('.')[0], StringComparer.Ordinal);
        var tables = schema.Database.Areas.Tables;
        Assert.Empty(real.Select(table => table.Key).Except(tables.Select(table => table.Name), StringComparer.Ordinal));
        foreach (var table in tables.Where(table => table.IsInSnapshot))
            Assert.Equal(real[table.Name].Order(StringComparer.Ordinal),
                table.Columns.Select(column => column.Name).Concat(table.Omitted).Select(column => $"{table.Name}.{column}")
                    .Order(StringComparer.Ordinal));
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

    private static DatabaseOptions WithModules(DatabaseOptions options) => options with { Areas = NodeModules.Areas };

    private static async Task<List<JsonObject>> LinesOfEveryTableAsync(TestDatabase schema)
    {
        var lines = new List<JsonObject> { new() { ["ringwright"] = new JsonObject { ["snapshot"] = 1 } } };
        var made = new Dictionary<(string Table, bool IsFull), JsonObject>();
        foreach (var table in schema.Database.Areas.BeforeResources) await AddAsync(table);
        Put("outbound_voice_profile", Tenant, 5, """{"name": "out"}""");
        Put("outbound_voice_profile", Above, 6, """{"name": "out"}""");
        Put("call_control_application", Tenant, 77, """{"title": "App", "outbound": {"profile": 5}}""");
        Put("call_control_application", Above, 78, """{"title": "App"}""");
        Put("phone_number", Tenant, 9, """{"number": "+15550100001", "connection": "77", "tags": ["vip"]}""");
        Put("phone_number", Above, 10, """{"number": "+15550100002"}""");
        foreach (var table in schema.Database.Areas.AfterResources) await AddAsync(table);
        return lines;

        void Put(string kind, string tenant, int id, string body) => lines.Add(new()
        {
            [kind] = new JsonObject { ["id"] = $"{id}", ["tenant_id"] = tenant, ["body"] = JsonNode.Parse(body) }
        });

        async Task AddAsync(StoreTable table)
        {
            var facts = await FactsOfAsync(schema, table);
            // What says only what it must is of the account above, so that it is first.
            foreach (bool isFull in new[] { false, true })
            {
                var row = new JsonObject();
                foreach (var column in table.Columns)
                {
                    string name = $"{table.Kind}.{column.Name}";
                    if (!isFull && !column.IsRequired && !SpecialOfBare.ContainsKey(name))
                    {
                        if (column.KeepsNull) row[column.Name] = null;
                        continue;
                    }
                    if (Untold.ContainsKey(name)) continue;
                    var value = ValueOf(table, column, facts, made, isFull);
                    Assert.True(value is not null, $"{name} has no value: what it refers to is made behind it");
                    if (isFull && facts.Defaults.TryGetValue(column.Name, out string? usual)) Assert.NotEqual(usual, value.ToString());
                    row[column.Name] = value;
                }
                made[(table.Name, isFull)] = row;
                lines.Add(new() { [table.Kind] = row.DeepClone() });
            }
        }
    }

    /// <summary>What SQLite says of a table: the words of its checks, its defaults, and what it refers to.</summary>
    private sealed record Facts(Dictionary<string, string[]> Words, Dictionary<string, string> Defaults,
        Dictionary<string, (string Table, string Column)> References);

    private static async Task<Facts> FactsOfAsync(TestDatabase schema, StoreTable table)
    {
        string sql = (await schema.QueryAsync($"select sql from sqlite_master where name = '{table.Name}'"))[0];
        var defaults = await schema.QueryAsync(
            $"select name || ' ' || dflt_value from pragma_table_info('{table.Name}') where dflt_value is not null");
        var references = await schema.QueryAsync(
            $"""select "from" || ' ' || "table" || ' ' || coalesce("to", 'id') from pragma_foreign_key_list('{table.Name}')""");
        return new(
            Choice().Matches(sql).ToDictionary(m => m.Groups["column"].Value,
                m => m.Groups["word"].Captures.Select(word => word.Value).ToArray()),
            defaults.Select(text => text.Split(' ', 2)).ToDictionary(part => part[0], part => part[1].Trim('\'')),
            references.Select(text => text.Split(' ')).DistinctBy(part => part[0])
                .ToDictionary(part => part[0], part => (part[1], part[2])));
    }

    private static JsonNode? ValueOf(StoreTable table, TableColumn column, Facts facts,
        Dictionary<(string Table, bool IsFull), JsonObject> made, bool isFull)
    {
        string name = $"{table.Kind}.{column.Name}";
        if (!isFull && SpecialOfBare.TryGetValue(name, out string? bare)) return JsonNode.Parse(bare);
        if (Special.TryGetValue(name, out string? special)) return JsonNode.Parse(special);
        if (table.LegColumn == column.Name || column.Name == "leg_id") return isFull ? Leg : OtherLeg;
        if (column.Name == "tenant_id") return isFull ? Tenant : Above;
        if (column.Name == "rate_deck_id") return made[("rw_rate_deck", isFull)]["id"]?.DeepClone(); // what it refers to says no key
        if (facts.References.TryGetValue(column.Name, out var to))
            return made.TryGetValue((to.Table, isFull && to.Table != table.Name), out var there) ? there[to.Column]?.DeepClone() : null;
        string? usual = facts.Defaults.GetValueOrDefault(column.Name);
        if (facts.Words.TryGetValue(column.Name, out string[]? words)) return words.First(word => word != usual);
        if (table.Sealed.FirstOrDefault(one => one.Name == column.Name) is { } hidden)
            return hidden.IsText ? "a secret" : Convert.ToBase64String(new byte[32]);
        // What calls are routed by is read as soon as it is there.
        bool isOdd = isFull && table.Watched is null;
        return column.Kind switch
        {
            TableColumnKind.Whole => isFull && column.Name.EndsWith("_micros", StringComparison.Ordinal) ? Exact : 7,
            TableColumnKind.Truth => usual != "true",
            TableColumnKind.Time => isFull ? Past : Moment,
            TableColumnKind.Json => (table.Lists.Contains(column.Name), isOdd) switch
            {
                (true, false) => new JsonArray("one"),
                (true, true) => new JsonArray("one", Odd, Exact, null),
                (false, false) => new JsonObject { ["one"] = 1 },
                (false, true) => new JsonObject { ["one"] = Exact, ["odd"] = Odd, ["none"] = null, ["empty"] = "" },
            },
            _ => column.Name == "id" || column.Name.EndsWith("_id", StringComparison.Ordinal) || column.Name == "uuid"
                ? Guid.NewGuid().ToString() : $"{table.Kind} {column.Name} {(isOdd ? Odd : isFull ? "full" : "bare")}",
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
        new("call_control_application", database.Connections.Rows(ConnectionKind.CallControl, Shop.Applications)),
        new("phone_number", database.Numbers.Rows(Shop.Numbers)),
    ];

    /// <summary>A column that takes some words only, and these.</summary>
    [GeneratedRegex(
        @"\b(?<column>[a-z_]+) text[^,]*? check \(\k<column> (in \()?((, | or \k<column> )?(= )?'(?<word>[A-Za-z_0-9]+)')+\)",
        RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Choice();
}
