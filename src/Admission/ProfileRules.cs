using Ringwright.Admission.Numbering;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Admission;

/// <summary>Whether an outbound profile lets a call out at all; how many at once is counted elsewhere.</summary>
internal static class ProfileRules
{
    /// <param name="facts">Null for a SIP URI, which is in no country.</param>
    /// <param name="mayLeave">SIP URIs of other hosts need no permission.</param>
    public static GateAnswer Check(CallAttempt question, NumberFacts? facts, RoutingSnapshot snapshot, bool mayLeave)
    {
        if (question.IsByOperator) return GateAnswer.Open;
        bool isElsewhere = question.Kind is DestinationKind.Elsewhere && !mayLeave;
        if (snapshot.ProfileOf(question.Tenant, question.Connection) is not { } profile)
        {
            // What equipment sends to a number of this node is delivered here or nowhere.
            bool staysHere = question.StaysHere || question.IsFromPhone && snapshot.FindNumber(question.To) is not null;
            return staysHere && !isElsewhere ? GateAnswer.Open
                : new(Refusal.NoOutboundProfile, "no_outbound_profile",
                    "What places the call has no outbound voice profile; without one it reaches only SIP users of this node.");
        }
        if (!profile.IsEnabled)
            return new(Refusal.NoOutboundProfile, "profile_disabled",
                "The outbound voice profile is switched off: its field enabled is false.");
        if (isElsewhere && !profile.Destinations.Contains(OutboundProfile.SipAddresses, StringComparer.OrdinalIgnoreCase))
            return new(Refusal.CountryNotAllowed, "whitelisted_destinations",
                "The outbound voice profile does not allow calls to SIP URIs of other hosts: its whitelisted_destinations lack SIP.");
        if (facts is { } number
                && !(number.Country is { } country && profile.Destinations.Contains(country, StringComparer.OrdinalIgnoreCase)))
            return new(Refusal.CountryNotAllowed, "whitelisted_destinations",
                $"The outbound voice profile does not allow calls to {number.Country ?? $"+{number.CallingCode}"}.");
        return GateAnswer.Open;
    }
}
