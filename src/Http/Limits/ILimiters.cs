namespace Ringwright.Http;

/// <summary>
/// How much each caller may ask; it may have to ask elsewhere. Implemented in memory, for one node: <see cref="RequestLimiter"/>.
/// </summary>
public interface IRequestLimiter
{
    /// <inheritdoc cref="RequestLimiter.Take"/>
    ValueTask<Allowance> TakeAsync(string key, int? rate, int times, int least, CancellationToken stop);
}

/// <summary>
/// Counts what nobody may do too often; it may have to ask elsewhere. Implemented in memory, for one node: <see cref="BruteForceLimiter"/>.
/// </summary>
public interface IBruteForceLimiter
{
    /// <inheritdoc cref="BruteForceLimiter.IsShut"/>
    ValueTask<bool> IsShutAsync(string key, int most, DateTimeOffset now, CancellationToken stop);

    /// <inheritdoc cref="BruteForceLimiter.Count"/>
    ValueTask CountAsync(string key, DateTimeOffset now, CancellationToken stop);
}
