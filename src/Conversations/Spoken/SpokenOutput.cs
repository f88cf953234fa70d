namespace Ringwright.Conversations.Spoken;

/// <summary>What comes of a model that hears and speaks itself.</summary>
public abstract record SpokenOutput
{
    private SpokenOutput() { }

    /// <summary>A message for its socket.</summary>
    public sealed record Send(ReadOnlyMemory<byte> Message, bool IsBinary) : SpokenOutput;

    /// <summary>It listens from now on, and may be asked to speak.</summary>
    public sealed record Ready : SpokenOutput;

    /// <summary>The next of what is to be heard of it.</summary>
    /// <param name="Turn">Of the model's: its name of what it says, unique within the conversation.</param>
    /// <param name="Samples">At the rate of what it hears.</param>
    public sealed record Sound(string Turn, short[] Samples) : SpokenOutput;

    /// <summary>The next words of what it says; they come before they are heard, beside them or behind them.</summary>
    public sealed record Words(string Turn, string Bit) : SpokenOutput;

    /// <summary>All words of the turn are there; null where those that were told are all.</summary>
    public sealed record Whole(string Turn, string? Text) : SpokenOutput;

    /// <summary>The caller has had a turn, and what he said comes: <see cref="Heard"/> or <see cref="Unheard"/>.</summary>
    public sealed record Committed : SpokenOutput;

    /// <summary>The caller has said this.</summary>
    public sealed record Heard(string Text) : SpokenOutput;

    /// <summary>He has said something that was not understood.</summary>
    public sealed record Unheard : SpokenOutput;

    /// <summary>He speaks, or has paused, by the model's own judgement.</summary>
    public sealed record Voice(bool IsSpeaking) : SpokenOutput;

    /// <summary>What waits to be heard is not wanted any more: he has interrupted it.</summary>
    public sealed record Clear : SpokenOutput;

    /// <summary>It wants something to be done, and one result.</summary>
    public sealed record Call(ToolCall Tool) : SpokenOutput;

    /// <summary>Something went wrong, and it goes on.</summary>
    /// <param name="What">As part of a sentence, without anything that was said.</param>
    public sealed record Warning(string What) : SpokenOutput;

    /// <summary>An answer has failed.</summary>
    /// <inheritdoc cref="Warning"/>
    public sealed record Failed(string What) : SpokenOutput;

    /// <summary>It is of no more use.</summary>
    /// <inheritdoc cref="Warning"/>
    public sealed record Lost(string What) : SpokenOutput;
}
