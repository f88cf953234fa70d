using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Texml;

/// <summary>Who is dialled for a conference and has not got in yet.</summary>
internal static class DialledParticipants
{
    /// <summary>Also one that has answered so recently that he may not be in yet.</summary>
    /// <param name="name">What he is looked for by; where it is no call, the label that he was given.</param>
    /// <param name="call">What <paramref name="name"/> says where it is the id of a call; null where it is none.</param>
    /// <returns>Of several with one label, the first that was dialled. Null when there is none.</returns>
    public static async ValueTask<LegRow?> FindAsync(OperationContext op, VoiceParts parts, Guid conference, string name, LegId? call)
    {
        string room = conference.ToString();
        if (call is { } id)
            return await parts.Store.Legs.FindAsync(op.Tenant, id, op.Stop) is { IsAlive: true } leg && IsComing(leg) ? leg : null;
        var dialled = await parts.Store.Legs.ListDialledAsync(op.Tenant, TexmlLabels.Joins, conference, op.Now - Settling.Longest, op.Stop);
        return dialled.FirstOrDefault(one => one.Labels[TexmlLabels.ParticipantLabel] == name && IsComing(one));

        bool IsComing(LegRow row) => row.Labels[TexmlLabels.Joins] == room
            && (row.AnsweredAt is not { } answered || op.Now - answered <= Settling.Longest);
    }
}
