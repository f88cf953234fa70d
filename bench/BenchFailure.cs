namespace Ringwright.Bench;

/// <summary>The run cannot go on; the message is for the person who started it.</summary>
internal sealed class BenchFailure(string message) : Exception(message);
