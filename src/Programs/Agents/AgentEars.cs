using Ringwright.Calls;
using Ringwright.Conversations;
using Ringwright.Core;

namespace Ringwright.Programs.Agents;

/// <summary>Has the leg listen to the caller's words for one conversation, in one language after the other.</summary>
/// <param name="mind">A customer's own program, which says who listens; null where the agent does.</param>
internal sealed class AgentEars(AgentDefinition agent, RelayMind? mind, Func<LegCommand, ValueTask<Ack>> send)
{
    private Guid _listening;
    private string _language = "";
    private bool _isReopened;

    /// <summary>Of its transcription: others end beside it, such as that of the agent before.</summary>
    public bool Is(Guid transcription) => transcription == _listening;

    public ValueTask<Ack> ListenAsync(string language)
    {
        (_listening, _language) = (Guid.CreateVersion7(), language);
        var terms = mind?.ListenerOf(language)
            ?? new(language, TapTracks.Said) { Recogniser = agent.Recogniser, Model = agent.RecogniserModel };
        return send(new LegCommand.StartTranscription(terms with { HasInterim = true, Hints = agent.Hints, IsOfAgent = true })
        {
            Id = _listening,
        });
    }

    /// <summary>In another language from here on.</summary>
    public async ValueTask<Ack> ListenAnewAsync(string language)
    {
        // What the one before still tells is nobody's.
        _listening = default;
        await send(new LegCommand.StopTranscription());
        return await ListenAsync(language);
    }

    /// <summary>A recogniser that is lost is opened once more.</summary>
    /// <param name="failure">Null where somebody has stopped it.</param>
    /// <returns>False when nobody listens any more.</returns>
    public async ValueTask<bool> ReopenAsync(string? failure)
    {
        if (_isReopened || failure is null) return false;
        _isReopened = true;
        return (await ListenAsync(_language)).IsAccepted;
    }
}
