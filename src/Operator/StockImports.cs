using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Admission.Numbering;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>Numbers that come into the stock, one by one or as ranges: all of a request or none.</summary>
internal static class StockImports
{
    private const int FaultsShown = 20;
    /// <summary>Of North American numbers; no data says it of others.</summary>
    private const int AreaCodeDigits = 3;
    private static readonly string[] UsualFeatures = ["voice"];

    public static async ValueTask<Reply> Import(OperationContext op, StockTable stock)
    {
        if (Fields.Unknown(op, "stock import") is { Count: > 0 } unknown) return op.Fail(unknown);
        var read = new List<StockNumber>();
        var problems = new List<Problem>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (i, item) in op.ReadObject()["numbers"]!.AsArray().Index())          // required
        {
            if (problems.Count >= FaultsShown || read.Count > StockLimits.MostImported) break;
            Read(item!.AsObject(), $"/numbers/{i}", read, seen, problems);               // the schema demands it
        }
        if (problems.Count > 0) return op.Fail(problems);
        if (read.Count > StockLimits.MostImported)
            return op.Invalid("/numbers", "invalid", $"At most {StockLimits.MostImported} numbers can be imported at once.");
        var done = await stock.ImportAsync(read, op.Now, op.Stop);
        return op.Ok(new JsonObject { ["record_type"] = "stock_import", ["added"] = done.Added, ["known"] = done.Known });
    }

    private static void Read(JsonObject line, string at, List<StockNumber> read, HashSet<string> seen, List<Problem> problems)
    {
        if (Range(line, at, problems) is not var (first, count)) return;
        int before = problems.Count;
        var facts = NumberingPlans.Load().Classify(first);
        if (((string?)line["country"] ?? facts.Country) is not { } country)
            problems.Add(new("invalid", $"Numbering data does not say which country {first.Text} is of: name it.")
            {
                Pointer = $"{at}/country",
            });
        else if (StockFields.Read(line, Known(line, first, facts, country), at, problems) is var number && problems.Count == before)
            Add(line, number, first, count, at, read, seen, problems);
    }

    /// <summary>What numbering data says, where the line says nothing else.</summary>
    private static StockNumber Known(JsonObject line, E164 first, NumberFacts facts, string country)
    {
        string national = first.Text[(1 + facts.CallingCode.Length)..];
        string code = facts.CallingCode is "1" && national.Length > AreaCodeDigits ? national[..AreaCodeDigits] : "";
        return new()
        {
            Text = first.Text, Country = country, National = national, Type = TypeOf(line, facts),
            Ndc = (string?)line["national_destination_code"] ?? code, Features = UsualFeatures,
        };
    }

    private static StockType TypeOf(JsonObject line, NumberFacts facts)
    {
        if ((string?)line["type"] is { } said)
            return Enum.GetValues<StockType>().First(type => SnakeName.Of(type) == said);        // the contract names them
        return facts.Type switch
        {
            NumberType.TollFree => StockType.TollFree,
            NumberType.Mobile => StockType.Mobile,
            NumberType.SharedCost => StockType.SharedCost,
            _ => StockType.Local,
        };
    }

    private static void Add(JsonObject line, StockNumber number, E164 first, int count, string at, List<StockNumber> read,
        HashSet<string> seen, List<Problem> problems)
    {
        int? block = (int?)line["block_size"];
        if (!number.National.StartsWith(number.Ndc, StringComparison.Ordinal))
        {
            problems.Add(new("invalid", $"{number.Text} does not begin with the code {number.Ndc}.")
            {
                Pointer = $"{at}/national_destination_code",
            });
            return;
        }
        if (block is { } size && count % size != 0)
        {
            problems.Add(new("invalid", $"{count} numbers are no whole blocks of {size}.") { Pointer = $"{at}/block_size" });
            return;
        }
        int codeLength = first.Text.Length - 1 - number.National.Length;
        long begin = long.Parse(first.Text.AsSpan(1), CultureInfo.InvariantCulture);     // E.164 has 15 digits at most
        for (int i = 0; i < count; i++)
        {
            string text = Text(begin + i);
            if (!seen.Add(text))
            {
                problems.Add(new("invalid", $"{text} was there before.") { Pointer = at });
                return;
            }
            read.Add(number with
            {
                Text = text,
                National = text[(1 + codeLength)..],
                BlockSize = block,
                BlockFirst = block is { } each ? Text(begin + i / each * each) : null,
            });
        }

        static string Text(long digits) => string.Create(CultureInfo.InvariantCulture, $"+{digits}");
    }

    /// <summary>The first number of a line and how many there are; null with a problem.</summary>
    private static (E164 First, int Count)? Range(JsonObject line, string at, List<Problem> problems)
    {
        string? one = (string?)line["phone_number"], first = (string?)line["first"], last = (string?)line["last"];
        if ((one is null) == (first is null) || (first is null) != (last is null))
        {
            problems.Add(new("invalid", "A line has phone_number, or first and last.") { Pointer = at });
            return null;
        }
        if (!Parse(one ?? first!, one is null ? "first" : "phone_number", out var begin)) return null;      // one of them is there
        if (one is not null) return (begin, 1);
        if (!Parse(last!, "last", out var end)) return null;            // it goes with first
        long count = Digits(end) - Digits(begin) + 1;
        if (begin.Text.Length == end.Text.Length && count is >= 1 and <= StockLimits.MostImported) return (begin, (int)count);
        problems.Add(new("invalid", $"last must be behind first, and a line has at most {StockLimits.MostImported} numbers.")
        {
            Pointer = $"{at}/last",
        });
        return null;

        bool Parse(string text, string field, out E164 number)
        {
            if (E164.TryParse(text, out number)) return true;
            problems.Add(new("invalid", $"{field} must be a number in +E.164 form, not '{text}'.") { Pointer = $"{at}/{field}" });
            return false;
        }

        static long Digits(E164 number) => long.Parse(number.Text.AsSpan(1), CultureInfo.InvariantCulture);
    }
}
