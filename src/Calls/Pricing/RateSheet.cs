using System.Globalization;
using System.Text;
using Ringwright.Calls.Texts;

namespace Ringwright.Calls.Pricing;

/// <summary>A line of a price list that is none, counted from 1.</summary>
public readonly record struct SheetFault(int Line, string Detail)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"line {Line}: {Detail}");
}

/// <summary>What holds for the lines of a price list that do not say it themselves.</summary>
public sealed record SheetDefaults
{
    public string Currency { get; init; } = Money.UsualCurrency;
    public Direction Direction { get; init; } = Direction.Outbound;
    public required DateTimeOffset EffectiveFrom { get; init; }
}

/// <summary>
/// Prices as CSV. With a head line, in any order: prefix, price (a minute, of a text a part), initial and increment (seconds),
/// and optionally fee, currency, direction and effective_from; other columns are passed over. Without one, the first four in this order.
/// Empty lines and those that begin with # are passed over too.
/// </summary>
public sealed record RateSheet(IReadOnlyList<(Direction Direction, Rate Rate)> Rates, IReadOnlyList<SheetFault> Faults)
{
    private const int MostSeconds = 3_600;
    private const decimal MostPrice = 1_000, MicrosPerUnit = 1_000_000;

    private enum Column { Other, Prefix, Price, Initial, Increment, Fee, Currency, Direction, EffectiveFrom }

    private static readonly Column[] Headless = [Column.Prefix, Column.Price, Column.Initial, Column.Increment];

    /// <summary>Reads to the end, however many lines are wrong.</summary>
    public static RateSheet Read(TextReader text, SheetDefaults defaults)
    {
        List<(Direction, Rate)> rates = [];
        List<SheetFault> faults = [];
        HashSet<(Direction, string, DateTimeOffset)> seen = [];
        Column[]? columns = null;
        List<string> cells = [];
        for (int number = 1; text.ReadLine() is { } line; number++)
        {
            if (number == 1) line = line.TrimStart('\uFEFF');
            if (line.AsSpan().Trim() is [] or ['#', ..]) continue;
            Split(line, cells);
            if (columns is null)
            {
                bool isHead = cells[0] is not ([(>= '0' and <= '9') or '+', ..] or RateDeck.OnNet)
                    && !cells[0].StartsWith(RateDeck.Texts, StringComparison.Ordinal);
                columns = isHead ? [.. cells.Select(ColumnOf)] : Headless;
                if (columns.Where(c => c is not Column.Other).GroupBy(c => c).FirstOrDefault(same => same.Count() > 1)?.Key is { } twice)
                {
                    faults.Add(new(number, $"the column {twice.ToString().ToLowerInvariant()} is there twice"));
                    return new(rates, faults);
                }
                if (Headless.FirstOrDefault(needed => !columns.Contains(needed)) is not Column.Other and var missing)
                {
                    faults.Add(new(number,
                        $"there is no column {missing.ToString().ToLowerInvariant()}{Separated(line)}: the columns are prefix, price, "
                        + "initial and increment, and optionally fee, currency, direction and effective_from"));
                    return new(rates, faults);
                }
                if (isHead) continue;
            }
            if (Parse(cells, columns, defaults, out var rate, out var direction) is { } fault) faults.Add(new(number, fault));
            else if (!seen.Add((direction, rate.Prefix, rate.EffectiveFrom)))
                faults.Add(new(number, $"{rate.Prefix} has a price from that date on already"));
            else rates.Add((direction, rate));
        }
        return new(rates, faults);
    }

    private static string? Parse(List<string> cells, Column[] columns, SheetDefaults defaults, out Rate rate, out Direction direction)
    {
        rate = new()
        {
            Prefix = "", Currency = defaults.Currency, MicrosPerMinute = -1, InitialSeconds = 0,
            IncrementSeconds = 0, EffectiveFrom = defaults.EffectiveFrom
        };
        direction = defaults.Direction;
        if (cells.Count != columns.Length)
            return string.Create(CultureInfo.InvariantCulture, $"{cells.Count} cells where {columns.Length} are expected")
                + Separated(string.Join(',', cells));
        for (int i = 0; i < columns.Length; i++)
        {
            string cell = cells[i];
            switch (columns[i])
            {
                case Column.Prefix:
                    rate = rate with { Prefix = PrefixOf(cell) };
                    if (cell.Length == 0 || !RateDeck.IsPrefix(rate.Prefix))
                        return $"'{cell}' is no prefix: + and the first digits of numbers with their country code "
                            + $"(no 0 and no 00 before it), up to {RateDeck.MostDigits}, or {RateDeck.OnNet}; "
                            + $"for text messages {RateDeck.Texts} before it, and for those to short codes "
                            + $"{RateDeck.Texts}{TextCarrier.Codes} and their first digits";
                    break;
                case Column.Price:
                    if (!TryPrice(cell, out long price)) return $"'{cell}' is no price a minute: a number from 0 to {MostPrice:0}";
                    rate = rate with { MicrosPerMinute = price };
                    break;
                case Column.Fee when cell.Length > 0:
                    if (!TryPrice(cell, out long fee)) return $"'{cell}' is no fee: a number from 0 to {MostPrice:0}";
                    rate = rate with { FeeMicros = fee };
                    break;
                case Column.Initial:
                    if (!TrySeconds(cell, out int initial)) return $"'{cell}' are no initial seconds: 1 to {MostSeconds}";
                    rate = rate with { InitialSeconds = initial };
                    break;
                case Column.Increment:
                    if (!TrySeconds(cell, out int increment)) return $"'{cell}' is no increment: 1 to {MostSeconds} seconds";
                    rate = rate with { IncrementSeconds = increment };
                    break;
                case Column.Currency when cell.Length > 0:
                    if (!Money.IsCurrency(cell)) return $"'{cell}' is no currency: three capital letters such as USD";
                    rate = rate with { Currency = cell };
                    break;
                case Column.Direction when cell.Length > 0:
                    if (cell is not ("outbound" or "inbound")) return $"'{cell}' is no direction: outbound or inbound";
                    direction = cell is "inbound" ? Direction.Inbound : Direction.Outbound;
                    break;
                case Column.EffectiveFrom when cell.Length > 0:
                    if (!TryMoment(cell, out var from)) return $"'{cell}' is no date: 2026-01-31, or 2026-01-31T12:00:00Z";
                    rate = rate with { EffectiveFrom = from };
                    break;
            }
        }
        return rate.Prefix is RateDeck.OnNet or RateDeck.Texts + RateDeck.OnNet
            && direction is Direction.Inbound ? $"{rate.Prefix} is paid by who calls or writes: its direction is outbound" : null;
    }

    /// <summary>Numbers may be without their plus sign.</summary>
    private static string PrefixOf(string cell)
    {
        string before = cell.StartsWith(RateDeck.Texts, StringComparison.Ordinal) ? RateDeck.Texts : "", rest = cell[before.Length..];
        bool isOfCodes = before.Length > 0 && rest.StartsWith(TextCarrier.Codes, StringComparison.Ordinal);
        return isOfCodes || rest.StartsWith('+') || rest == RateDeck.OnNet ? cell : $"{before}+{rest}";
    }

    /// <summary>Spreadsheets of many countries write semicolons, and what is copied from one has tabs.</summary>
    private static string Separated(string line) =>
        line.Contains(';', StringComparison.Ordinal) ? " (cells are separated by commas here, not by ';')"
        : line.Contains('\t', StringComparison.Ordinal) ? " (cells are separated by commas here, not by tabs)"
        : line.Contains('|', StringComparison.Ordinal) ? " (cells are separated by commas here, not by '|')" : "";

    /// <summary>A date is its midnight in UTC.</summary>
    public static bool TryMoment(string text, out DateTimeOffset moment) => DateTimeOffset.TryParseExact(text,
        ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFK", "yyyy-MM-dd HH:mm:ssK"],
        CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out moment);

    private static bool TryPrice(string cell, out long micros)
    {
        bool isPrice = decimal.TryParse(cell, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal price)
            && price <= MostPrice;
        micros = isPrice ? (long)decimal.Ceiling(price * MicrosPerUnit) : 0;
        return isPrice;
    }

    private static bool TrySeconds(string cell, out int seconds) =>
        int.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out seconds) && seconds is > 0 and <= MostSeconds;

    private static Column ColumnOf(string head) => head.Trim().ToLowerInvariant().Replace(' ', '_').Replace('-', '_') switch
    {
        "prefix" or "destination_prefix" or "number_prefix" => Column.Prefix,
        "price" or "rate" or "price_per_minute" or "rate_per_minute" => Column.Price,
        "initial" or "initial_seconds" or "initial_secs" => Column.Initial,
        "increment" or "increment_seconds" or "increment_secs" => Column.Increment,
        "fee" or "connection_fee" => Column.Fee,
        "currency" => Column.Currency,
        "direction" => Column.Direction,
        "effective_from" or "effective" or "effective_date" => Column.EffectiveFrom,
        _ => Column.Other,
    };

    /// <summary>
    /// A cell in quotation marks may hold commas, and doubled marks for one (RFC 4180); none goes over the end of its line.
    /// </summary>
    private static void Split(string line, List<string> cells)
    {
        cells.Clear();
        var cell = new StringBuilder();
        bool isQuoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (isQuoted && c == '"' && i + 1 < line.Length && line[i + 1] == '"') cell.Append(line[i++]);
            else if (c == '"') isQuoted = !isQuoted;
            else if (c == ',' && !isQuoted) End();
            else cell.Append(c);
        }
        End();

        void End()
        {
            cells.Add(cell.ToString().Trim());
            cell.Clear();
        }
    }
}
