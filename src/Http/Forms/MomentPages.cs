using System.Globalization;
using System.Text.Json.Nodes;

namespace Ringwright.Http;

/// <summary>
/// Pages that begin behind the moment at which the last resource of the page before was made, the newest first. The token is that moment;
/// only an empty page has none. A size beyond the bounds is the usual one.
/// </summary>
public sealed class MomentPages : Paging
{
    /// <summary>The query parameters.</summary>
    public required string Size { get; init; }
    public required string Token { get; init; }
    /// <summary>The usual size, which is the largest too.</summary>
    public required int Most { get; init; }
    /// <summary>Members of the reply: the items, and the token of the next page.</summary>
    public required string Items { get; init; }
    public required string Next { get; init; }
    /// <summary>Member of an item: when it was made.</summary>
    public required string Made { get; init; }
    /// <summary>The notations in which a moment is taken.</summary>
    public required IReadOnlyList<string> Notations { get; init; }
    /// <summary>And the one in which a token is written.</summary>
    public required string Notation { get; init; }

    public override ListRequest Read(PageQuery query)
    {
        int size = query.Whole(Size, Most, int.MinValue, int.MaxValue);
        return new()
        {
            Size = size <= 0 || size > Most ? Most : size,
            Sort = "created_at",
            IsDescending = true,
            Filters = query.Text(Token) is { } token && IsMoment(query, token, out var before)
                ? [new("created_at", "lt", [before.ToString("O", CultureInfo.InvariantCulture)])] : [],
        };
    }

    public override JsonNode Write(PageReply page) => new JsonObject
    {
        [Items] = new JsonArray([.. page.Items]),
        [Next] = page.Items.Count > 0 && (string?)page.Items[^1][Made] is { } made && TryRead(made, out var at)
            ? at.UtcDateTime.ToString(Notation, CultureInfo.InvariantCulture) : "",
    };

    public override bool IsPaged(Operation operation) => operation.FindQuery(Size) is not null;

    public override bool IsParameter(string name) => name == Size || name == Token;

    /// <summary>The moment behind which the list begins, for handlers that page themselves; null at its begin.</summary>
    public static DateTimeOffset? Before(ListRequest list) =>
        list.Filter("created_at", "lt") is { } text ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture) : null;

    private bool IsMoment(PageQuery query, string token, out DateTimeOffset at)
    {
        if (TryRead(token, out at)) return true;
        query.Refuse(Token, $"{Token} is no token of a page.");
        return false;
    }

    private bool TryRead(string text, out DateTimeOffset at) => DateTimeOffset.TryParseExact(text, [.. Notations],
        CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out at);
}
