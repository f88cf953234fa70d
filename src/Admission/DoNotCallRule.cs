using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Admission;

/// <summary>Whoever must not be called is not, by whatever way: asked of each call out and each message.</summary>
public sealed class DoNotCallRule(DoNotCallTable lists, IRouting routing)
{
    public const string Name = "do_not_call";

    /// <summary>An answer that takes longer than a gate's is of no use.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <returns>The number that is to be looked up; null when it is known that no list has it, and for what is no number.</returns>
    internal string? NumberToAsk(ContactAttempt attempt) =>
        // No text is taken apart where nobody has an entry.
        !lists.IsEmpty && NumberOf(attempt) is { } number
            && lists.MayHold(attempt.Tenant, routing.Current.FindTenant(attempt.Tenant)?.Parent, number) ? number : null;

    internal async ValueTask<GateAnswer> AskAsync(TenantId tenant, string number)
    {
        var parent = routing.Current.FindTenant(tenant)?.Parent;
        try
        {
            using var stop = new CancellationTokenSource(Patience);
            return await lists.FindHoldAsync(tenant, parent, number, stop.Token).ConfigureAwait(false) is { } hold
                ? new(Refusal.DoNotCall, Name, SentenceOf(hold, tenant))
                : GateAnswer.Open;
        }
        catch (Exception)
        {
            // Whatever it was: nobody has allowed the call.
            return GateAnswer.Silent;
        }
    }

    /// <summary>Whose list, and how the number came onto it; nothing else of what somebody else has written there.</summary>
    private static string SentenceOf(DoNotCallHold hold, TenantId tenant)
    {
        string list = hold.Owner is not { } owner ? "the do-not-call list of this platform"
            : owner == tenant ? "the account's do-not-call list" : "the do-not-call list of the account above this one";
        string source = hold.Entry is { } entry ? ContactWords.Of(entry.Source) : "an account that has gone";
        return $"The number is on {list} (source: {source}).";
    }

    /// <summary>
    /// Of a SIP URI of somewhere else the user part, where it is a number: whoever has that number is called there as elsewhere.
    /// </summary>
    private static string? NumberOf(ContactAttempt attempt)
    {
        if (attempt is not CallAttempt { Kind: not DestinationKind.Number } call)
            return E164.TryParse(attempt.To, out var number) ? number.Text : null;
        if (call.Kind is not DestinationKind.Elsewhere) return null;
        if (E164.TryOfUri(call.To, out var whole)) return whole.Text;
        int start = call.To.IndexOf(':', StringComparison.Ordinal) + 1, end = call.To.IndexOfAny(['@', ';', '?'], start);
        if (end < 0) return null;
        string user = Uri.UnescapeDataString(call.To[start..end]);
        // Many carriers are called without the sign in front.
        return E164.TryParse("+" + user, out var shown) ? shown.Text : null;
    }
}
