using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Texml;

/// <summary>Which page of a list is asked for, and how it is answered.</summary>
/// <param name="Token">As the page before gave it: where the page begins, whatever its number.</param>
internal sealed record TexmlPage(int Number, int Size, string? Token)
{
    private const int UsualSize = 50, MostSize = 1_000;

    public int Offset => Number * Size;

    /// <returns>Null where the query has a problem.</returns>
    public static TexmlPage? Read(OperationContext op, out Problem? problem)
    {
        problem = null;
        if (!TryWhole(op.Query["Page"], 0, int.MaxValue / MostSize, 0, out int number))
            problem = Bad("Page", "Page must be a whole number from 0.");
        if (!TryWhole(op.Query["PageSize"], 1, MostSize, UsualSize, out int size))
            problem = Bad("PageSize", $"PageSize must be a whole number from 1 to {MostSize}.");
        return problem is null ? new(number, size, Filled(op, "PageToken")) : null;
    }

    public static Problem UnknownToken { get; } = Bad("PageToken", "PageToken is not one that a page of this list gave.");

    /// <param name="next">Where the next page begins; empty where its number says that; null where there is none.</param>
    /// <param name="path">Of the list, below the account.</param>
    public JsonObject Write(OperationContext op, string name, JsonArray items, string path, string? next)
    {
        int count = items.Count;
        var body = new JsonObject
        {
            ["end"] = Offset + Math.Max(0, count - 1),
            ["first_page_uri"] = UriOf(op, path, 0, null),
            [name] = items,
            ["page"] = Number, ["page_size"] = Size, ["start"] = Offset,
            ["uri"] = UriOf(op, path, Number, Token),
        };
        if (next is not null) body["next_page_uri"] = UriOf(op, path, Number + 1, next);
        return body;
    }

    public static string? Filled(OperationContext op, string name) => op.Query[name] is { Length: > 0 } value ? value : null;

    /// <summary>In the contract's names, and in those that clients send for them.</summary>
    /// <returns>Null where the query has a problem.</returns>
    public static Store.Tables.TimeRange? Range(OperationContext op, string name, out Problem? problem)
    {
        var range = TexmlTime.Range(op.Query[name], Filled(op, name + "_gt") ?? Filled(op, name + ">"),
            Filled(op, name + "_lt") ?? Filled(op, name + "<"));
        problem = range is not null ? null
            : Bad(name, $"{name} must be a year, a month, a day (YYYY-MM-DD) or a moment (YYYY-MM-DDTHH:MM:SSZ), and so its _gt and _lt.");
        return range;
    }

    public static Problem Bad(string name, string detail) => new(VoiceErrors.BadRequest, detail) { Parameter = name };

    /// <summary>With the filters that were asked for.</summary>
    private string UriOf(OperationContext op, string path, int number, string? token)
    {
        var filters = op.Query.Pairs.Where(pair => pair.Key is not ("Page" or "PageSize" or "PageToken"))
            .Select(pair => $"&{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}");
        string behind = string.IsNullOrEmpty(token) ? "" : $"&PageToken={Uri.EscapeDataString(token)}";
        return TexmlPaths.Of(op, $"{path}?Page={number}&PageSize={Size}{behind}{string.Concat(filters)}");
    }

    private static bool TryWhole(string? text, int least, int most, int usual, out int value)
    {
        value = usual;
        return string.IsNullOrEmpty(text)
            || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least && value <= most;
    }
}
