using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Ringwright.Bench.Api;
using Ringwright.Bench.Nodes;

namespace Ringwright.Bench.Campaigns;

/// <summary>
/// A file of contacts that is sent to a batch of an agency, beside the least that it could take: the numbers read out of the file, and the
/// rows that came of it inserted into the same tables by the database's own driver. Both on SQLite, with as many commits.
/// </summary>
internal static class ContactsCost
{
    private const double GoalRatio = 1.5;
    private const string From = "+15550100000", Root = "/api/agency/v1/", Contacts = "campaign_contacts", Targets = "rw_target";

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    public static async Task<JsonObject> MeasureAsync(int rows, Action<string> say, CancellationToken stop)
    {
        string file = Path.Combine(Path.GetTempPath(), $"ringwright-bench-{Guid.NewGuid():N}.csv");
        try
        {
            await WriteAsync(file, rows, stop);
            string key = $"opk_{Guid.NewGuid():N}";
            await using var node = await NodeProcess.StartAsync(new() { Flags = ["--operator-key", key] }, stop);
            using var desk = new CustomerApi(node.Operator, key);
            var account =
                await desk.SendAsync(HttpMethod.Post, "accounts", new() { ["name"] = "contacts", ["request_rate"] = 1_000 }, stop);
            string numbers = $"accounts/{(string?)account["id"]}/numbers";
            await desk.SendAsync(HttpMethod.Post, numbers, new() { ["phone_number"] = From }, stop);
            string token = await OverviewCost.SignInAsync(node, account["agency_owner"]!, stop); // the account was made a moment ago
            using var api = new CustomerApi(new(node.Api, Root), token);
            string batch = await BatchAsync(api, stop);
            byte[] content = await File.ReadAllBytesAsync(file, stop);
            say($"a file of {rows} contacts: sent to a batch");
            var watch = Stopwatch.StartNew();
            await SendAsync(node, token, batch, content, rows, stop);
            double ours = watch.Elapsed.TotalSeconds;
            watch.Restart();
            // Whom the batch has it does not get again.
            await SendAsync(node, token, batch, content, 0, stop);
            double again = watch.Elapsed.TotalSeconds;
            say($"a file of {rows} contacts: bare");
            double bare = Bare(Path.Combine(node.DataFolder, "ringwright.db"), file, rows);
            return new()
            {
                ["rows"] = rows, ["bare_seconds"] = Math.Round(bare, 2), ["import_seconds"] = Math.Round(ours, 2),
                ["ratio"] = Math.Round(ours / bare, 2), ["goal_ratio"] = GoalRatio, ["again_seconds"] = Math.Round(again, 2),
                ["resident_mb"] = node.Tree.ResidentBytes() / 1_048_576,
            };
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task WriteAsync(string file, int rows, CancellationToken stop)
    {
        await using var into = new StreamWriter(file);
        await into.WriteLineAsync("phone,first_name,town");
        for (int i = 0; i < rows; i++)
        {
            stop.ThrowIfCancellationRequested();
            await into.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"+1212{2_000_000 + i},Person {i},Town {i % 1000}"));
        }
    }

    /// <summary>One that calls nobody until it is resumed.</summary>
    private static async Task<string> BatchAsync(CustomerApi api, CancellationToken stop)
    {
        string client = await MakeAsync(api, "clients", new() { ["name"] = "Client" }, stop);
        string agent = await MakeAsync(api, "agents", new()
        {
            ["name"] = "Anna", ["system_prompt"] = "Be kind.", ["first_speaker_text"] = "Hello {{first_name}}.",
            ["max_duration_seconds"] = 60,
        }, stop);
        string campaign = await MakeAsync(api, "campaigns", new()
        {
            ["client_id"] = client, ["name"] = "Contacts", ["type"] = "cs", ["max_attempts"] = 1, ["consent_required"] = "none",
        }, stop);
        return await MakeAsync(api, "batches", new()
        {
            ["agent_mapping_id"] = agent, ["from_number"] = From, ["campaign_id"] = campaign, ["calls_per_minute"] = 60, ["hold"] = true,
        }, stop);
    }

    /// <returns>Its id.</returns>
    private static async Task<string> MakeAsync(CustomerApi api, string path, JsonObject body, CancellationToken stop)
    {
        var (status, text) = await api.TrySendAsync(HttpMethod.Post, path, body.ToJsonString(), stop);
        var made = status == 201 ? JsonNode.Parse(text) : null;
        // A batch is told with what became of its contacts.
        return (string?)(made?["batch"] ?? made)?["id"] ?? throw new BenchFailure($"POST {path} answered {status} {text}");
    }

    private static async Task SendAsync(NodeProcess node, string token, string batch, byte[] content, int accepted, CancellationToken stop)
    {
        using var http = new HttpClient { BaseAddress = new(node.Api, Root), Timeout = Longest };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var form = new MultipartFormDataContent { { new ByteArrayContent(content), "file", "contacts.csv" } };
        form.Add(new StringContent(batch), "batch_id");
        using var answer = await http.PostAsync("imports/contacts", form, stop);
        string text = await answer.Content.ReadAsStringAsync(stop);
        if (!answer.IsSuccessStatusCode || (int?)JsonNode.Parse(text)?["accepted"] != accepted)
            throw new BenchFailure($"The file was answered {(int)answer.StatusCode} {text}");
    }

    /// <returns>Seconds.</returns>
    private static double Bare(string from, string file, int rows)
    {
        List<TableRows> tables;
        using (var node = BareSqlite.Open(from)) tables = [Read(node, Contacts), Read(node, Targets)];
        if (tables[0].Rows.Count != rows) throw new BenchFailure($"{tables[0].Rows.Count} contacts are there, not {rows}");
        return BareInsert.Measure(from, file, [Contacts, Targets], rows, connection => Insert(connection, file, tables));
    }

    private static TableRows Read(DbConnection node, string table)
    {
        using var select = node.CreateCommand();
        select.CommandText = $"select * from {table}";
        using var reader = select.ExecuteReader();
        string[] columns = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];
        var rows = new List<object[]>();
        while (reader.Read())
        {
            object[] row = new object[columns.Length];
            reader.GetValues(row);
            rows.Add(row);
        }
        return new() { Name = table, Columns = columns, Rows = rows };
    }

    private static int Insert(SqliteConnection connection, string file, List<TableRows> tables)
    {
        SqliteCommand[] inserts = [.. tables.Select(table => InsertOf(connection, table))];
        int place = 0;
        int written = BareInsert.OfNumbers(connection, file, (_, transaction) =>
        {
            for (int i = 0; i < inserts.Length; i++)
            {
                if (place >= tables[i].Rows.Count) continue;
                object[] row = tables[i].Rows[place];
                for (int column = 0; column < row.Length; column++) inserts[i].Parameters[column].Value = row[column];
                inserts[i].Transaction = transaction;
                inserts[i].ExecuteNonQuery();
            }
            place++;
        });
        foreach (var insert in inserts) insert.Dispose();
        return written;
    }

    private static SqliteCommand InsertOf(SqliteConnection connection, TableRows table)
    {
        var insert = connection.CreateCommand();
        string names = string.Join(", ", table.Columns.Select(column => $"\"{column}\"")),
            values = string.Join(", ", table.Columns.Select(column => $"@{column}"));
        insert.CommandText = $"insert into {table.Name} ({names}) values ({values})";
        foreach (string column in table.Columns) insert.Parameter($"@{column}");
        return insert;
    }

    /// <summary>A table of the node's as it is, in memory.</summary>
    private sealed record TableRows
    {
        public required string Name { get; init; }
        public required IReadOnlyList<string> Columns { get; init; }
        public required IReadOnlyList<object[]> Rows { get; init; }
    }
}
