namespace Ringwright.Programs;

/// <summary>
/// A reader of the feed left more unread than is kept for it. Told behind the events that were kept; nothing comes after it.
/// </summary>
public sealed class FeedOverrunException(int bound) : Exception($"{bound} events were waiting to be read, and no more are kept.");
