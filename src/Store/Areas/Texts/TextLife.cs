using Ringwright.Calls;

namespace Ringwright.Store.Tables;

/// <summary>
/// How long a text may take to arrive, whichever API it is sent by: an hour, and three days where phones alone get it, for they are off at
/// night and on Sundays. Who says how long it is valid is not overruled.
/// </summary>
public static class TextLife
{
    public static readonly TimeSpan Usual = TimeSpan.FromHours(1);
    /// <summary>So long a text waits for a phone that is off.</summary>
    public static readonly TimeSpan AtPhones = TimeSpan.FromHours(72);

    /// <param name="to">As <see cref="TextMessage.To"/>.</param>
    public static TimeSpan Of(RoutingSnapshot routing, string to) => OnlyUserOf(routing, to) is null ? Usual : AtPhones;

    /// <summary>The SIP user whose phones alone get texts to a number; null where its account does, or nobody.</summary>
    public static string? OnlyUserOf(RoutingSnapshot routing, string number) =>
        routing.FindOwnNumber(number) is { MessagingProfile: null } ? UserOf(routing, number) : null;

    /// <summary>The SIP user that calls to the number ring.</summary>
    public static string? UserOf(RoutingSnapshot routing, string number) =>
        routing.FindOwnNumber(number) is { IsPortedOut: false, Connection: { } id } own
        && routing.FindTenant(own.Tenant) is { IsDisabled: false }
        && routing.FindConnection(own.Tenant, id) is { IsActive: true, Sip.UserName: { Length: > 0 } user } connection
        && connection.Kind == ConnectionKind.Credential ? user : null;
}
