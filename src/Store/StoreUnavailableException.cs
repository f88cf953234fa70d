namespace Ringwright.Store;

/// <summary>
/// The database does not work at the moment (a full or read-only disk, a server that is away).
/// Nothing was written; later the same may succeed.
/// </summary>
public sealed class StoreUnavailableException(Exception? why) : Exception("The database is not available at the moment.", why);
