using System.Globalization;
using System.Text.Json.Nodes;

namespace Ringwright.Store.Tables;

/// <summary>
/// Who decides on the number orders of an account: nobody, at once or after some seconds; nobody, by the last digits of each number, so
/// that programs are tried with orders that go wrong; or the operator.
/// </summary>
/// <param name="After">So long a number waits; null where the operator decides.</param>
/// <param name="IsByDigits">The last two digits of a number say what becomes of it.</param>
public sealed record OrderPolicy(TimeSpan? After, bool IsByDigits = false)
{
    /// <summary>Each order is done at once.</summary>
    public static readonly OrderPolicy Nobody = new(TimeSpan.Zero);
    /// <summary>Each order waits for the operator.</summary>
    public static readonly OrderPolicy AtDesk = new((TimeSpan?)null);

    private const string Desk = "desk", Auto = "auto:", Digits = "digits:", ByDigits = "by_digits";
    /// <summary>Endings of numbers, as they stand in the document on selling numbers.</summary>
    private const string Taken = "80", Refused = "81", Unheld = "82", Slow = "86", OfDesk = "87";
    private const int Slower = 10;

    public bool IsNobody => this == Nobody;

    /// <param name="text"><c>desk</c>, <c>auto:S</c> or <c>digits:S</c>, S whole seconds of at most six digits.</param>
    /// <returns>Null for anything else.</returns>
    public static OrderPolicy? Of(string text)
    {
        if (text == Desk) return AtDesk;
        bool isByDigits = text.StartsWith(Digits, StringComparison.Ordinal);
        if (!isByDigits && !text.StartsWith(Auto, StringComparison.Ordinal)) return null;
        string seconds = text[(isByDigits ? Digits : Auto).Length..];
        return seconds.Length is > 0 and <= 6 && seconds.All(char.IsAsciiDigit)
            ? new(TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture)), isByDigits) : null;
    }

    /// <summary>As an account's document has it; <see cref="Of"/> reads the words that this is written in.</summary>
    public static OrderPolicy Read(JsonObject document) =>
        document[StockLimits.Granted] is JsonValue said && said.TryGetValue(out int seconds)
            ? new(TimeSpan.FromSeconds(seconds), document.ContainsKey(ByDigits)) : AtDesk;

    /// <summary>What <see cref="Read"/> reads.</summary>
    public JsonObject Write()
    {
        var document = new JsonObject();
        if (After is { } after) document[StockLimits.Granted] = (int)after.TotalSeconds;
        if (IsByDigits) document[ByDigits] = true;
        return document;
    }

    /// <summary>The number is another's, as whoever orders it is told.</summary>
    public bool IsTaken(string number) => IsByDigits && Ends(number, Taken);

    /// <summary>A reservation of the number fails.</summary>
    public bool IsUnheld(string number) => IsByDigits && Ends(number, Unheld);

    /// <summary>A number of the stock as an order meets it: whether it waits, and for what.</summary>
    public StockNumber Apply(StockNumber number)
    {
        // What the operator sells on request waits for him, whatever the account's policy is.
        if (number.IsOnRequest || IsNobody) return number;
        var waiting = number with { IsOnRequest = true };
        if (After is not { } after || (IsByDigits && Ends(number.Text, OfDesk))) return waiting;
        return waiting with
        {
            GrantedAfter = IsByDigits && Ends(number.Text, Slow) ? after * Slower : after,
            IsRefused = IsByDigits && Ends(number.Text, Refused),
        };
    }

    /// <summary>In the words of <see cref="Of"/>.</summary>
    public override string ToString() => After is not { } after ? Desk
        : string.Create(CultureInfo.InvariantCulture, $"{(IsByDigits ? Digits : Auto)}{(int)after.TotalSeconds}");

    private static bool Ends(string number, string digits) => number.EndsWith(digits, StringComparison.Ordinal);
}
