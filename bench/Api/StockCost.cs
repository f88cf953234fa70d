using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Ringwright.Bench.Nodes;

namespace Ringwright.Bench.Api;

/// <summary>
/// A file of very many numbers by <c>stock import</c>, beside the least that it could take: the ranges read out of the file, and the same
/// rows inserted into the same table by the database's own driver, in one transaction. Then searches of an account, by each filter.
/// </summary>
internal static class StockCost
{
    public const int MostLines = 100, NumbersOfLine = 10_000;
    private const double GoalRatio = 1.5;
    private const int GoalMilliseconds = 20, Rounds = 31, FirstCode = 300, Towns = 50;

    /// <summary>What an account asks for, with what it must be answered.</summary>
    private static readonly (string Name, string Query, bool IsFound)[] Searches =
    [
        ("country", "filter[country_code]=US", true),
        ("area_code", $"filter[national_destination_code]={FirstCode}", true),
        ("starts_with", $"filter[national_destination_code]={FirstCode}&filter[phone_number][starts_with]=55512", true),
        ("ends_with", "filter[phone_number][ends_with]=4321", true),
        ("locality", "filter[locality]=Town%200", true),
        ("state", "filter[administrative_area]=A0", true),
        ("nobody_has_it", "filter[locality]=Nowhere", false),
    ];

    public static async Task<JsonObject> MeasureAsync(int lines, Action<string> say, CancellationToken stop)
    {
        string file = Path.Combine(Path.GetTempPath(), $"ringwright-bench-{Guid.NewGuid():N}.csv");
        int numbers = lines * NumbersOfLine;
        try
        {
            await WriteAsync(file, lines, stop);
            await using var node = await NodeProcess.StartAsync(new(), stop);
            say($"stock of {numbers} numbers: bare");
            double bare = BareInsert.Measure(Path.Combine(node.DataFolder, "ringwright.db"), file, ["rw_stock_number"], numbers,
                connection => Insert(connection, file));
            say($"stock of {numbers} numbers: stock import");
            var watch = Stopwatch.StartNew();
            string said = await node.RunAsync(stop, "stock", "import", file);
            double ours = watch.Elapsed.TotalSeconds;
            if (!said.StartsWith($"{numbers} numbers added", StringComparison.Ordinal)) throw new BenchFailure($"stock import said {said}");
            var figures = new JsonObject
            {
                ["numbers"] = numbers, ["bare_seconds"] = Math.Round(bare, 2), ["import_seconds"] = Math.Round(ours, 2),
                ["ratio"] = Math.Round(ours / bare, 2), ["goal_ratio"] = GoalRatio, ["goal_search_ms"] = GoalMilliseconds,
                ["resident_mb"] = node.Tree.ResidentBytes() / 1_048_576,
            };
            using var api = new CustomerApi(node.Api, node.Key);
            foreach (var (name, query, isFound) in Searches)
                figures[$"{name}_ms"] = Math.Round(await SearchAsync(api, query, isFound, stop), 2);
            return figures;
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <returns>Milliseconds, of the median; each writes down what the account was shown.</returns>
    private static async Task<double> SearchAsync(CustomerApi api, string query, bool isFound, CancellationToken stop)
    {
        var times = new List<double>();
        for (int round = 0; round < Rounds; round++)
        {
            var watch = Stopwatch.StartNew();
            var (status, text) = await api.TrySendAsync(HttpMethod.Get, $"available_phone_numbers?{query}&filter[limit]=20", null, stop);
            times.Add(watch.Elapsed.TotalMilliseconds);
            if (status != 200 || (JsonNode.Parse(text)!["data"]!.AsArray().Count > 0) != isFound)
                throw new BenchFailure($"a search by {query} answered {status} {text}");
        }
        times.Sort();
        return times[Rounds / 2];
    }

    private static async Task WriteAsync(string file, int lines, CancellationToken stop)
    {
        await using var into = new StreamWriter(file);
        await into.WriteLineAsync("first,last,country,locality,administrative_area,features,monthly_cost");
        for (int line = 0; line < lines; line++)
        {
            stop.ThrowIfCancellationRequested();
            await into.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"+1{FirstCode + line}5550000,+1{FirstCode + line}5559999,US,Town {line % Towns},A{line % 10},voice;sms,1.00"));
        }
    }

    /// <returns>How many rows.</returns>
    private static int Insert(SqliteConnection connection, string file)
    {
        using var transaction = connection.BeginTransaction();
        using var insert = connection.CreateCommand();
        insert.Transaction = transaction;
        insert.CommandText = "insert into rw_stock_number (text, national, reversed, country, type, ndc, locality, area, features, "
            + "upfront_micros, monthly_micros, currency, is_reservable, is_quickship, state, imported_at) values (@text, @national, "
            + "@reversed, 'US', 'local', @ndc, @locality, @area, ',sms,voice,', 0, 1000000, 'USD', true, false, 'available', "
            + "'2026-01-06T15:00:00.000000Z')";
        var (text, national, reversed) = (insert.Parameter("@text"), insert.Parameter("@national"), insert.Parameter("@reversed"));
        var (ndc, locality, area) = (insert.Parameter("@ndc"), insert.Parameter("@locality"), insert.Parameter("@area"));
        int written = 0;
        foreach (string line in File.ReadLines(file).Skip(1))
        {
            string[] cells = line.Split(',');
            long first = long.Parse(cells[0].AsSpan(1), CultureInfo.InvariantCulture),
                last = long.Parse(cells[1].AsSpan(1), CultureInfo.InvariantCulture);
            (locality.Value, area.Value) = (cells[3].ToUpperInvariant(), cells[4]);
            for (long number = first; number <= last; number++)
            {
                string digits = number.ToString(CultureInfo.InvariantCulture)[1..];
                char[] turned = digits.ToCharArray();
                Array.Reverse(turned);
                (text.Value, national.Value, reversed.Value, ndc.Value) = ("+1" + digits, digits, new string(turned), digits[..3]);
                written += insert.ExecuteNonQuery();
            }
        }
        transaction.Commit();
        return written;
    }
}
