namespace Ringwright.Interop;

/// <summary>
/// Classes that run when the others have ended, one after the other. What they look at computes for seconds without a pause, as a browser
/// with the page of an API does, or is sound that must be sent in time from this very machine. Beside dozens of nodes each of them would be
/// a test of the machine's load.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
