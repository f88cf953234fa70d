using Ringwright.Calls;
using Ringwright.Conversations;
using Ringwright.Core;

namespace Ringwright.Programs.Agents;

/// <summary>What an agent says to the leg that it talks on, its own or another's, whichever way it talks there.</summary>
/// <param name="stopped">Called when the leg says that no agent talks on it any more.</param>
internal sealed class AgentLeg(AgentDefinition agent, IProgramCall call, Action stopped)
{
    /// <summary>Whoever commands the leg has ended the agent's part in it.</summary>
    public bool IsStopped { get; set; }

    /// <summary>
    /// The leg may be over, or the guest's part in it, and takes nothing then; what is left to tell of the conversation is told all the
    /// same.
    /// </summary>
    public async ValueTask<Ack> SendAsync(LegCommand command)
    {
        try
        {
            var ack = await call.SendAsync(command);
            if (ack.Refusal is not Refusal.NoAgentTalks) return ack;
            IsStopped = true;
            stopped();
            return ack;
        }
        catch (OperationCanceledException)
        {
            return new(Refusal.AlreadyEnded);
        }
    }

    public async Task NoteAsync(NoteKind kind, string text)
    {
        try
        {
            await call.SendAsync(new LegCommand.Note(kind, text));
        }
        catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException) { /* so is the call */ }
    }

    /// <summary>A message as the call's trace has it.</summary>
    public string Line(Message message) =>
        $"{SnakeName.Of(message.Role)}: {(agent.KeepsTranscript ? message.Text : $"{message.Text.Length} characters")}"
            + (message.IsInterrupted ? " (interrupted)" : "");
}
