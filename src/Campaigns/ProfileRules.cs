using Ringwright.Calls;
using Ringwright.Campaigns.Numbering;
using Ringwright.Core;

namespace Ringwright.Campaigns;

/// <summary>Whether a connection's outbound profile lets a call out at all; how many at once is counted elsewhere.</summary>
internal static class ProfileRules
{
    /// <param name="facts">Null for a SIP URI, which is in no country.</param>
    public static GateAnswer Check(GateQuestion question, Connection? connection, NumberFacts? facts, RoutingSnapshot snapshot)
    {
        if (connection?.OutboundProfile is not { } id || snapshot.FindProfile(question.Tenant, id) is not { } profile)
        {
            // Applications may do without; equipment may only call what is on this node.
            bool isHere = facts is null || snapshot.FindNumber(question.To) is not null;
            return question.IsFromPhone && !isHere
                ? new(Refusal.NoOutboundProfile, "no_outbound_profile", "The connection has no outbound voice profile.") : GateAnswer.Open;
        }
        if (!profile.IsEnabled) return new(Refusal.NoOutboundProfile, "profile_disabled", "The outbound voice profile is switched off: its field enabled is false.");
        if (facts is { } number && !(number.Country is { } country && profile.Destinations.Contains(country, StringComparer.OrdinalIgnoreCase)))
            return new(Refusal.CountryNotAllowed, "whitelisted_destinations",
                $"The outbound voice profile does not allow calls to {number.Country ?? $"+{number.CallingCode}"}.");
        return GateAnswer.Open;
    }
}
