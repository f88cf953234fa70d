using Ringwright.Core;

namespace Ringwright.Store.Tables;

public enum StockType { Local, TollFree, Mobile, National, SharedCost }

public enum StockState
{
    Available,
    /// <summary>Reserved by an account, until a moment.</summary>
    Held,
    /// <summary>An account has it.</summary>
    Assigned,
    /// <summary>Returned, and found again after a moment.</summary>
    Quarantined,
    /// <summary>The operator does not offer it.</summary>
    Withheld,
}

/// <summary>A number that the operator offers to accounts.</summary>
public sealed record StockNumber
{
    /// <summary>+E.164.</summary>
    public required string Text { get; init; }
    /// <summary>ISO 3166 alpha-2.</summary>
    public required string Country { get; init; }
    /// <summary>The digits behind the country's calling code.</summary>
    public required string National { get; init; }
    public StockType Type { get; init; }
    /// <summary>National destination code: the first digits of <see cref="National"/>; empty where a plan has none.</summary>
    public string Ndc { get; init; } = "";
    /// <summary>In capitals, as are the next two.</summary>
    public string? Locality { get; init; }
    /// <summary>State or province.</summary>
    public string? Area { get; init; }
    public string? RateCenter { get; init; }
    /// <summary>"voice", "sms", …: small letters, digits and "_".</summary>
    public IReadOnlyList<string> Features { get; init; } = [];
    public long UpfrontMicros { get; init; }
    /// <summary>Of each month, the first one with it.</summary>
    public long MonthlyMicros { get; init; }
    public string Currency { get; init; } = "USD";
    public bool IsReservable { get; init; } = true;
    public bool IsQuickship { get; init; }
    /// <summary>The operator decides on each order of it: until then the number waits, and is nobody's.</summary>
    public bool IsOnRequest { get; init; }
    /// <summary>
    /// Of a number that an account orders, and that waits by the account's policy alone: so long, and then it is the account's. Null where
    /// the operator decides.
    /// </summary>
    public TimeSpan? GrantedAfter { get; init; }
    /// <summary>Of such a number: when that time has come, its order fails.</summary>
    public bool IsRefused { get; init; }
    /// <summary>The first number of the block that it is sold in; null for one that is sold by itself.</summary>
    public string? BlockFirst { get; init; }
    public int? BlockSize { get; init; }
    public StockState State { get; init; }
    /// <summary>Who holds it or has it.</summary>
    public TenantId? Holder { get; init; }
    /// <summary>When what is held or quarantined is available again.</summary>
    public DateTimeOffset? Until { get; init; }
}

public static class StockLimits
{
    /// <summary>Of one import.</summary>
    public const int MostImported = 1_000_000;
    /// <summary>Of one search.</summary>
    public const int MostFound = 1_000;
    /// <summary>Numbers that an account may hold at a time.</summary>
    public const int MostHeld = 1_000;
    /// <summary>So long an account may order what a search has shown it.</summary>
    public static readonly TimeSpan Found = TimeSpan.FromHours(24);
    /// <summary>So long a number that was returned is nobody's.</summary>
    public static readonly TimeSpan Quarantine = TimeSpan.FromDays(30);
    /// <summary>The kind of documents of numbers that were returned, which go when that is over.</summary>
    public const string Returned = "returned_number";
    /// <summary>
    /// The kind of document of an account that says who decides on its orders, as <see cref="OrderPolicy"/> reads it, where that is not the
    /// node's policy; in <see cref="Granted"/> are the seconds.
    /// </summary>
    public const string AtDesk = "orders_at_desk", Granted = "granted_after";
}

/// <summary>What a search asks for. What is null or empty is not asked for.</summary>
public sealed record StockQuery
{
    public required string Country { get; init; }
    public StockType? Type { get; init; }
    public string? Ndc { get; init; }
    public string? Locality { get; init; }
    public string? Area { get; init; }
    public string? RateCenter { get; init; }
    public IReadOnlyList<string> Features { get; init; } = [];
    public bool? IsReservable { get; init; }
    public bool? IsQuickship { get; init; }
    /// <summary>False for those alone that are sold at once.</summary>
    public bool? IsOnRequest { get; init; }
    /// <summary>
    /// Digits behind <see cref="Ndc"/>, or behind the calling code where that is null; as the next two. With a plus before them they are
    /// those that the number itself begins with.
    /// </summary>
    public string? StartsWith { get; init; }
    public string? EndsWith { get; init; }
    public string? Contains { get; init; }
    /// <summary>Not even what the account itself holds.</summary>
    public bool IsWithoutHeld { get; init; }
    public int Limit { get; init; } = 100;
}

/// <summary>What there is in a country of one type with the same features.</summary>
public sealed record StockGroup(string Country, StockType Type, IReadOnlyList<string> Features, bool IsReservable, bool IsQuickship);

/// <summary>How much there is of what an inventory asks for.</summary>
/// <param name="Group">Value of the field that was grouped by.</param>
/// <param name="BlockSize">Null for numbers that are sold by themselves.</param>
public sealed record StockLevel(string? Group, string? Area, StockType Type, int? BlockSize, long Count);
