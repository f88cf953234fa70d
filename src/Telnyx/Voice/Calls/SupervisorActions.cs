using Ringwright.Calls;
using Ringwright.Http;

namespace Ringwright.Telnyx.Voice.Calls;

/// <summary>Calls that are dialled to listen in on another one, and the command that changes who hears them.</summary>
internal static class SupervisorActions
{
    private const string Field = "supervise_call_control_id";

    public static LegCommand? Switch(VoiceBody body) => body.Has("role")
        ? new LegCommand.SwitchSupervisorRole(Role(body, "role")) { CommandId = body.CommandId(), Labels = body.Labels() }
        : Missing(body);

    /// <returns>Null when the dial names no call to supervise, or its problems say why not.</returns>
    public static async ValueTask<Supervision?> OfDialAsync(OperationContext op, VoiceParts parts, VoiceBody dial)
    {
        if (dial.Text(Field) is not { Length: > 0 } text)
        {
            if (dial.Has("supervisor_role")) dial.Refuse(VoiceErrors.MissingParameter, Field, $"supervisor_role needs {Field}.");
            return null;
        }
        if (dial.Has("conference_config") || dial.Flag("bridge_on_answer"))
            dial.Refuse(VoiceErrors.BadRequest, Field, "A call supervises another, or is taken to others when it is answered: not both.");
        var role = Role(dial, "supervisor_role");
        if (!parts.Ids.TryReadCallControl(text, op.Tenant, out var leg))
            dial.Refuse(VoiceErrors.InvalidCallControlId, Field, $"{Field} names no call of this account.");
        else if (await parts.Store.Legs.FindAsync(op.Tenant, leg, op.Stop) is not { IsAlive: true })
            dial.Refuse(VoiceErrors.AlreadyEnded, Field, $"The call that {Field} names has ended.");
        // There he would hear nothing: a conference has supervisors of its own.
        else if (await parts.Store.Conferences.FindOfLegAsync(op.Tenant, leg, op.Stop) is not null)
            dial.Refuse(VoiceErrors.BadRequest, Field,
                $"The call that {Field} names takes part in a conference: join that with a supervisor_role instead.");
        return new(leg, role);
    }

    private static LegCommand? Missing(VoiceBody body)
    {
        body.Refuse(VoiceErrors.MissingParameter, "role", "role is missing.");
        return null;
    }

    private static SupervisorRole Role(VoiceBody body, string field) =>
        body.OneOf(field, VoiceErrors.BadRequest, "barge", "whisper", "monitor") switch
        {
            "whisper" => SupervisorRole.Whisper,
            "monitor" => SupervisorRole.Monitor,
            _ => SupervisorRole.Barge,
        };
}
