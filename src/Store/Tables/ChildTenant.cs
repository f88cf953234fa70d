using Ringwright.Core;

namespace Ringwright.Store.Tables;

/// <summary>An account below another one, as the one above sees it.</summary>
public sealed record ChildTenant
{
    public required TenantId Id { get; init; }
    public required TenantId Parent { get; init; }
    /// <summary>What its customer calls it; need not be unique, as the account's name is.</summary>
    public required string Organization { get; init; }
    public required string Email { get; init; }
    /// <summary>Prices of its own may be set for it.</summary>
    public bool HasOwnPrices { get; init; }
    /// <summary>What it uses is paid by the account above.</summary>
    public bool IsPaidAbove { get; init; }
    /// <summary>Null where the operator made the account: then no text of a key was kept.</summary>
    public ChildKeys? Keys { get; init; }
    public int? Channels { get; init; }
    public DateTimeOffset? DisabledAt { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>An address of nobody, for accounts that were made without one.</summary>
    public static string NobodysEmail(TenantId tenant) => $"{tenant}@{EmailHost}";

    /// <summary>RFC 2606 section 2: no host has this name.</summary>
    internal const string EmailHost = "account.invalid";
}

/// <summary>The two credentials that an account is made with. Both open the same.</summary>
public sealed record ChildKeys(string Key, string Token);

/// <summary>What a new account below another one is to be.</summary>
/// <param name="Email">Null makes one that is nobody's.</param>
public sealed record NewChildTenant(string Organization, string? Email, bool HasOwnPrices, bool IsPaidAbove);

public sealed record ChildTenantPage(IReadOnlyList<ChildTenant> Rows, long Total);

/// <summary>Conditions, joined by AND; null asks for nothing.</summary>
public sealed record ChildTenantQuery
{
    public string? Email { get; init; }
    /// <summary>A part of it, without regard to case.</summary>
    public string? EmailContains { get; init; }
    public string? Organization { get; init; }
    /// <summary>A part of it, without regard to case.</summary>
    public string? OrganizationContains { get; init; }
    /// <summary>By time of making when false.</summary>
    public bool IsByEmail { get; init; }
    public bool IsDescending { get; init; }
    public int Offset { get; init; }
    public int Limit { get; init; } = 20;
}

/// <summary>What came of making an account below another one.</summary>
public abstract record ChildMade
{
    private ChildMade() { }

    public sealed record Done(ChildTenant Child) : ChildMade;

    /// <summary>The account above is below another one itself.</summary>
    public sealed record TooDeep : ChildMade;

    /// <summary>There are as many below the one above as it may make.</summary>
    public sealed record TooMany(int Most) : ChildMade
    {
        /// <summary>As it is told.</summary>
        public string Text => $"There are {Most} accounts below this one already, as many as it may make.";
    }

    /// <summary>Another account below the same one has the address.</summary>
    public sealed record EmailTaken : ChildMade;
}

/// <summary>What came of giving an account below another one its share of channels.</summary>
public abstract record ShareGiven
{
    private ShareGiven() { }

    public sealed record Done(ChildTenant Child) : ShareGiven;

    public sealed record Missing : ShareGiven;

    /// <param name="Free">What could be given to this one.</param>
    public sealed record TooMany(long Free) : ShareGiven;
}
