namespace Ringwright.Store;

/// <summary>
/// The environment does not let the store work: a lock held, a newer database, a missing key. The message is one sentence for the operator.
/// </summary>
public sealed class StoreException(string message, Exception? inner = null) : Exception(message, inner);
