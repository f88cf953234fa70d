using System.Security.Authentication;

namespace Ringwright.Egress;

/// <summary>Carries the reason out of the connect callback, through the handler that wraps it.</summary>
internal sealed class EgressException(EgressFailure failure, string message) : IOException(message)
{
    public EgressFailure Failure { get; } = failure;

    /// <summary>What a handler's exception means.</summary>
    public static (EgressFailure Failure, string Detail) Classify(Exception failed)
    {
        for (Exception? cause = failed; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case EgressException egress: return (egress.Failure, egress.Message);
                case AuthenticationException tls: return (EgressFailure.Tls, tls.Message);
            }
        }
        return failed is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }
            ? (EgressFailure.Tls, failed.Message)
            : (EgressFailure.Broken, failed.Message);
    }
}
