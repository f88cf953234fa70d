using Ringwright.Conversations;
using Ringwright.Conversations.Spoken;

namespace Ringwright.Programs.Agents.Spoken;

/// <summary>What a talk hears that does not come by its leg: on any thread, and in order of each that tells.</summary>
internal abstract record SpokenNews
{
    private SpokenNews() { }

    /// <summary>The model has something.</summary>
    public sealed record FromModel(SpokenOutput Output) : SpokenNews;

    /// <summary>Of tools, and of whoever was rung for the caller.</summary>
    public sealed record FromTools(ConversationInput Input) : SpokenNews;

    /// <summary>A turn of the model's begins to be heard.</summary>
    public sealed record Began(string Turn) : SpokenNews;

    /// <summary>All that has come of it was heard.</summary>
    public sealed record Drained(string Turn) : SpokenNews;

    /// <summary>No more of it is heard.</summary>
    public sealed record Cut(CutTurn Turn) : SpokenNews;

    /// <summary>The socket is closed, or the leg's audio is not to be had.</summary>
    /// <param name="Why">As part of a sentence.</param>
    /// <param name="IsModel">Another socket may mend it.</param>
    public sealed record Lost(string Why, bool IsModel = true) : SpokenNews;
}
