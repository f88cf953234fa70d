using Ringwright.Calls;

namespace Ringwright.Switch.Conferences;

/// <summary>What a leg was to ask of a conference, changed before it asks.</summary>
internal static class EntryChange
{
    /// <param name="wish">A <see cref="LegCommand.JoinConference"/> or a <see cref="LegCommand.CreateConference"/>; null stays so.</param>
    public static LegCommand? Of(LegCommand? wish, LegCommand.ChangeEntry change)
    {
        if (wish is LegCommand.JoinConference join)
            return join with { As = Of(join.As, change), HoldAudio = change.HoldAudio ?? join.HoldAudio };
        if (wish is LegCommand.CreateConference create)
            return create with { As = Of(create.As, change), HoldAudio = change.HoldAudio ?? create.HoldAudio };
        return wish;
    }

    private static Participation Of(Participation part, LegCommand.ChangeEntry change) => part with
    {
        IsMuted = change.IsMuted ?? part.IsMuted,
        IsOnHold = change.IsOnHold ?? part.IsOnHold,
        EndsSoftly = change.EndsSoftly ?? part.EndsSoftly,
        Role = change.Role ?? part.Role,
        WhispersTo = change.Role is null ? part.WhispersTo : change.WhispersTo,
    };
}
