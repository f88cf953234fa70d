using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Ringwright.Http;

/// <summary>Passwords of users: PBKDF2 with SHA-512.</summary>
public static class Passwords
{
    private static readonly PasswordHasher<string> Hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = 210_000 }));

    /// <summary>What nobody's password is compared with, so that an address that is not there takes as long.</summary>
    private static readonly Lazy<string> Nobodys = new(() => HashOf(Guid.NewGuid().ToString()));

    /// <summary>A comparison is meant to cost: not all processors are for those who only try.</summary>
    private static readonly SemaphoreSlim Turn = new(2);

    /// <summary>What is stored of a password.</summary>
    public static string HashOf(string password) => Hasher.HashPassword("", password);

    /// <param name="hash">Null when there is nobody of that name: the answer is no, and takes as long.</param>
    public static async ValueTask<bool> FitsAsync(string? hash, string password, CancellationToken stop)
    {
        await Turn.WaitAsync(stop);
        try
        {
            var verdict = await Task.Run(() => Hasher.VerifyHashedPassword("", hash ?? Nobodys.Value, password), stop);
            return hash is not null && verdict is not PasswordVerificationResult.Failed;
        }
        finally
        {
            Turn.Release();
        }
    }
}
